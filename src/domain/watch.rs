//! Temporary.
use std::time::SystemTime;
use super::*;
/// l
#[derive(Clone, Debug)]
pub struct LogLine { /// t
pub time: SystemTime, /// c
pub content: Content }
/// c
#[derive(Clone, Debug)]
pub enum Content { /// e
Event(Event), /// g
Gap{ /// f
from: Revision, /// t
to: Revision}, /// n
Note(String) }
impl LogLine {
/// k
pub fn key(&self) -> Option<&Key> { match &self.content { Content::Event(e) => Some(&e.entry.key), _ => None } }
/// v
pub fn value(&self) -> Option<&[u8]> { match &self.content { Content::Event(e) => Some(&e.entry.value), _ => None } }
/// r
pub fn revision(&self) -> Revision { Revision::NONE }
}
/// l
#[derive(Default)]
pub struct WatchLog { lines: Vec<LogLine> }
impl WatchLog {
/// l
pub fn line(&self, i: usize) -> Option<&LogLine> { self.lines.get(i) }
/// l
pub fn len(&self) -> usize { self.lines.len() }
/// l
pub fn lines(&self) -> impl Iterator<Item=&LogLine> { self.lines.iter() }
/// l
pub fn received(&self) -> u64 { 0 }
/// l
pub fn waiting(&self) -> u64 { 0 }
/// l
pub fn dropped(&self) -> u64 { 0 }
/// l
pub fn is_paused(&self) -> bool { false }
/// l
pub fn set_paused(&mut self, _:bool) { }
/// l
pub fn clear(&mut self) { }
/// l
pub fn take_shift(&mut self) -> usize { 0 }
/// l
pub fn set_filter(&mut self, _: Option<String>) {}
/// l
pub fn push_event(&mut self, _w: u32, e: Event, time: SystemTime) { self.lines.push(LogLine{time, content: Content::Event(e)}) }
/// l
pub fn push_gap(&mut self, _w: u32, from: Revision, to: Revision, time: SystemTime) { self.lines.push(LogLine{time, content: Content::Gap{from,to}}) }
}
/// j
pub fn json_line(_: &LogLine) -> String { String::new() }
