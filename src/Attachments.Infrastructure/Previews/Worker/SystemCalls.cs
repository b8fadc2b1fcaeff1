using System.Runtime.InteropServices;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>The numbers of system calls on one kind of processor; -1 where it does not have the call.</summary>
internal sealed class SystemCalls
{
    // The harmless ones, in the order of these names; arm64 has no stat, lstat, access, readlink, poll, epoll_wait and getpgrp:
    // read write readv writev pread64 lseek close fstat newfstatat statx stat lstat access faccessat faccessat2 readlink readlinkat
    // getdents64 getcwd statfs fstatfs flock fadvise64 dup pipe2 poll ppoll epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2
    // munmap mprotect mremap madvise mincore brk membarrier get_mempolicy rt_sigaction rt_sigprocmask rt_sigreturn rt_sigtimedwait
    // sigaltstack restart_syscall futex set_robust_list get_robust_list set_tid_address rseq sched_yield sched_getaffinity
    // sched_getparam sched_getscheduler sched_get_priority_min sched_get_priority_max getpriority getcpu nanosleep
    // clock_nanosleep clock_gettime clock_getres gettimeofday times getrusage sysinfo uname getpid getppid gettid getuid geteuid getgid
    // getegid getpgid getpgrp getsid getgroups getrlimit getrandom exit exit_group
    private static readonly SystemCalls X64 = new()
    {
        Architecture = 0xc000003e,
        Harmless =
        [
            0, 1, 19, 20, 17, 8, 3, 5, 262, 332, 4, 6, 21, 269, 439, 89, 267, 217, 79, 137, 138, 73, 221, 32, 293, 7, 271,
            291, 233, 232, 281, 290, 11, 10, 25, 28, 27, 12, 324, 239, 13, 14, 15, 128, 131, 219, 202, 273, 274, 218, 334, 24,
            204, 143, 145, 147, 146, 140, 309, 35, 230, 228, 229, 96, 100, 98, 99, 63, 39, 110, 186, 102, 107, 104, 108,
            121, 111, 124, 115, 97, 318, 60, 231,
        ],
        Open = 2,
        OpenAt = 257,
        Clone = 56,
        SignalThread = 234,
        Control = 157,
        Limits = 302,
        FileControl = 72,
        Map = 9,
        SetAffinity = 203,
        Seccomp = 317,
        SetCapabilities = 126,
    };

    private static readonly SystemCalls Arm64 = new()
    {
        Architecture = 0xc00000b7,
        Harmless =
        [
            63, 64, 65, 66, 67, 62, 57, 80, 79, 291, 48, 439, 78, 61, 17, 43, 44, 32, 223, 23, 59, 73, 20, 21, 22, 19,
            215, 226, 216, 233, 232, 214, 283, 236, 134, 135, 139, 137, 132, 128, 98, 99, 100, 96, 293, 124, 123, 121, 120,
            126, 125, 141, 168, 101, 115, 113, 114, 169, 153, 165, 179, 160, 172, 173, 178, 174, 175, 176, 177, 155, 156, 158,
            163, 278, 93, 94,
        ],
        Open = -1,
        OpenAt = 56,
        Clone = 220,
        SignalThread = 131,
        Control = 167,
        Limits = 261,
        FileControl = 25,
        Map = 222,
        SetAffinity = 122,
        Seccomp = 277,
        SetCapabilities = 91,
    };

    /// <summary>Null: of a processor that is not known here.</summary>
    public static SystemCalls? OfThisProcessor => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => X64,
        System.Runtime.InteropServices.Architecture.Arm64 => Arm64,
        _ => null,
    };

    /// <summary>As the kernel names it to a filter.</summary>
    public required uint Architecture { get; init; }

    /// <summary>Those that need no look at their arguments.</summary>
    public required IReadOnlyList<int> Harmless { get; init; }

    public required int Open { get; init; }

    public required int OpenAt { get; init; }

    public required int Clone { get; init; }

    /// <summary>tgkill.</summary>
    public required int SignalThread { get; init; }

    /// <summary>prctl.</summary>
    public required int Control { get; init; }

    /// <summary>prlimit64.</summary>
    public required int Limits { get; init; }

    /// <summary>fcntl.</summary>
    public required int FileControl { get; init; }

    /// <summary>mmap.</summary>
    public required int Map { get; init; }

    /// <summary>sched_setaffinity.</summary>
    public required int SetAffinity { get; init; }

    public required int Seccomp { get; init; }

    /// <summary>capset.</summary>
    public required int SetCapabilities { get; init; }
}
