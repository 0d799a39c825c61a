//! No core dumps: memory holds passwords, tokens and values.

/// From now on a crash leaves no image of the memory of this program, nor of what it starts. On Linux
/// other processes of the same user cannot read its memory either, nor attach a debugger; one that was
/// there at the start stays. It is the program that asks for this, never the library.
pub(super) fn switch_off() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Core);
    // Where the system refuses there is nothing better to do, and no reason not to run.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    // A program that takes dumps in place of the kernel heeds no limit.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn neither_the_kernel_nor_a_helper_of_it_takes_one() {
        super::switch_off();
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    }
}
