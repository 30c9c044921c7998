//! What a worker process takes from itself before it touches untrusted bytes: network, other programs, writing to
//! the file system, core dumps; and its limits of memory and CPU time.

use std::collections::BTreeMap;

use rustix::{
    process::{Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit},
    time::{ClockId, clock_gettime},
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use crate::{ErrorKind, Result, error::Fold};

/// Limits of a worker process.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub struct Sandbox {
    /// Address space in bytes, beside the files that it maps.
    pub memory_bytes: u64,
    /// CPU seconds for each piece of work.
    pub cpu_seconds: u64,
}

impl Sandbox {
    /// Confines this process. There is no way back.
    pub fn confine(self) -> Result<()> {
        let fold = |what| move || format!("cannot confine the worker process: {what}");
        // Nobody is left to take the answers once the parent is gone.
        set_parent_process_death_signal(Some(Signal::KILL)).fold(ErrorKind::Engine, fold("parent's death"))?;
        limit(Resource::Core, 0).fold(ErrorKind::Engine, fold("core dumps"))?;
        limit(Resource::Fsize, 0).fold(ErrorKind::Engine, fold("file size"))?;
        self.allow_memory(0)?;
        let filter = filter().fold(ErrorKind::Engine, fold("system call filter"))?;
        // Also sets no_new_privs.
        seccompiler::apply_filter(&filter).fold(ErrorKind::Engine, fold("system call filter"))
    }

    /// Sets the limit of memory, with room for mapped files beside it.
    pub fn allow_memory(self, mapped_bytes: u64) -> Result<()> {
        limit(Resource::As, self.memory_bytes.saturating_add(mapped_bytes))
            .fold(ErrorKind::Engine, || "cannot limit the worker's memory")
    }

    /// Moves the limit of CPU time ahead for the next piece of work: whoever goes over it gets SIGXCPU and dies.
    pub fn allow_work(self) -> Result<()> {
        let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
        // The kernel counts whole seconds: one more, so that work never gets less than it may have.
        limit(Resource::Cpu, used + self.cpu_seconds + 1)
            .fold(ErrorKind::Engine, || "cannot limit the worker's CPU time")
    }
}

/// Sets a soft limit. The hard limit stays, so that the soft one can move.
fn limit(resource: Resource, value: u64) -> rustix::io::Result<()> {
    let maximum = getrlimit(resource).maximum;
    let current = Some(maximum.map_or(value, |maximum| value.min(maximum)));
    setrlimit(resource, Rlimit { current, maximum })
}

/// Refuses, with EPERM, what reading a document never needs. A list of what is forbidden rather than of what is
/// allowed: the C library's choice of system calls changes, and a missing one would cost pages on another machine.
fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = [
        // network and other processes
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_writev,
        libc::SYS_io_uring_setup,
        // changes to the file system
        libc::SYS_unlinkat,
        libc::SYS_renameat,
        libc::SYS_renameat2,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_mkdirat,
        libc::SYS_mknodat,
        libc::SYS_truncate,
        libc::SYS_ftruncate,
        libc::SYS_fchmod,
        libc::SYS_fchmodat,
        libc::SYS_fchown,
        libc::SYS_fchownat,
        libc::SYS_setxattr,
        libc::SYS_mount,
        libc::SYS_openat2,
    ]
    .into_iter()
    .map(|call| (call, Vec::new()))
    .collect();
    #[cfg(target_arch = "x86_64")]
    rules.extend(
        [
            libc::SYS_fork,
            libc::SYS_vfork,
            libc::SYS_accept,
            libc::SYS_unlink,
            libc::SYS_rename,
            libc::SYS_link,
            libc::SYS_symlink,
            libc::SYS_mkdir,
            libc::SYS_rmdir,
            libc::SYS_mknod,
            libc::SYS_creat,
            libc::SYS_chmod,
            libc::SYS_chown,
            libc::SYS_lchown,
        ]
        .map(|call| (call, Vec::new())),
    );
    rules.insert(libc::SYS_openat, opened_for_writing(2)?);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, opened_for_writing(1)?);
    SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM.unsigned_abs()),
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()
}

/// Matches an open whose flags ask for more than reading.
fn opened_for_writing(flags_argument: u8) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let mask = SeccompCmpOp::MaskedEq(u64::from(libc::O_ACCMODE.unsigned_abs()));
    [libc::O_WRONLY, libc::O_RDWR]
        .map(|mode| {
            let (len, mode) = (SeccompCmpArgLen::Dword, u64::from(mode.unsigned_abs()));
            SeccompRule::new(vec![SeccompCondition::new(flags_argument, len, mask.clone(), mode)?])
        })
        .into_iter()
        .collect()
}
