//! [`App::update`](etcdeck::app::App::update) as tables: state and message in, effects and state out.

mod draft;
