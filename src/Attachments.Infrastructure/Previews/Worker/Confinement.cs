using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>
/// The first stage of the sandbox. It limits this process, takes its rights from it, and then executes the program again, since Landlock
/// and capabilities hold for one thread and what that executes.
/// </summary>
internal static class Confinement
{
    private const int LimitCpu = 0;
    private const int LimitFileSize = 1;
    private const int LimitData = 2;
    private const int LimitCore = 4;
    private const int LimitOpenFiles = 7;
    private const ulong OpenFiles = 128;

    private const int SetParentDeathSignal = 1;
    private const int SetNoNewPrivileges = 38;
    private const int KillSignal = 9;
    private const int CloseRange = 436;
    private const int MarkCloseOnExecute = 4;
    private const int FirstOther = 3;
    private const int StandardError = 2;
    private const int OpenToWrite = 1;
    private const int CapabilitiesVersion = 0x20080522;

    /// <summary>
    /// What .NET reads of the system. Whoever sends an image may learn it, if he takes the decoder over: it is the same on every machine
    /// with this image of the system.
    /// </summary>
    private static readonly string[] Libraries = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"];

    /// <summary>The whole environment of a worker.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["DOTNET_EnableDiagnostics"] = "0", // No sockets for debuggers.
        ["DOTNET_EnableWriteXorExecute"] = "0", // Which would be a file in memory.
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
        ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
        ["VIPS_BLOCK_UNTRUSTED"] = "1",
        ["VIPS_CONCURRENCY"] = "1",
    };

    /// <summary>Does not return.</summary>
    /// <param name="arguments">Of the second stage.</param>
    /// <param name="limits">Of this process.</param>
    /// <exception cref="ConfinementException">It cannot be confined here.</exception>
    public static void Enter(IEnumerable<string> arguments, WorkerLimits limits)
    {
        DieWithParent(limits.ParentId);
        Limit(LimitFileSize, 0);
        Limit(LimitCore, 0);
        Limit(LimitOpenFiles, OpenFiles);
        Limit(LimitData, (ulong)limits.MemoryBytes);
        Limit(LimitCpu, (ulong)limits.CpuSeconds);
        Require(Libc.Control(SetNoNewPrivileges, 1, 0, 0, 0) == 0, "no_new_privs");
        DropCapabilities();
        var (program, itself) = WorkerProgram.Current;
        var nowhere = Libc.Open("/dev/null", OpenToWrite, 0);
        Require(nowhere >= 0, "/dev/null");
        Landlock.RestrictTo([.. WorkerProgram.FindFiles(), .. Libraries, "/proc/self"]);
        Require(Libc.Call(CloseRange, FirstOther, int.MaxValue, MarkCloseOnExecute) == 0, "close_range");
        Require(Libc.Duplicate(nowhere, StandardError) >= 0, "dup2");
        string?[] environment = [.. Variables.Select(variable => $"{variable.Key}={variable.Value}"), null];
        _ = Libc.Execute(program, [program, .. itself, .. arguments, null], environment);
        throw new ConfinementException($"execve: {Libc.ErrorText}");
    }

    /// <summary>The parent may be gone before the kernel is asked to watch it.</summary>
    private static void DieWithParent(int parentId)
    {
        Require(Libc.Control(SetParentDeathSignal, KillSignal, 0, 0, 0) == 0, "pdeathsig");
        Require(Libc.GetParent() == parentId, "the parent is gone");
    }

    private static void Limit(int resource, ulong value) => Require(Libc.SetLimit(resource, [value, value]) == 0, $"rlimit {resource}");

    private static void DropCapabilities()
    {
        var calls = SystemCalls.OfThisProcessor ?? throw new ConfinementException($"capset: {RuntimeInformation.ProcessArchitecture}");
        var header = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(header, CapabilitiesVersion);
        Require(Libc.Call(calls.SetCapabilities, header, new byte[24]) == 0, "capset");
    }

    private static void Require(bool holds, string step)
    {
        if (!holds)
        {
            throw new ConfinementException($"{step}: {Libc.ErrorText}");
        }
    }
}
