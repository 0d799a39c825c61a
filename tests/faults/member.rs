//! One of three members fails, while the two others go on.
