using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>
/// Takes the file system, TCP and, where the kernel can, signals and abstract sockets from the calling thread and all that it executes
/// (Landlock, Linux 5.13 or later). Nothing can give them back.
/// </summary>
internal static class Landlock
{
    private const int CreateRuleset = 444;
    private const int AddRule = 445;
    private const int RestrictSelf = 446;

    private const int AskVersion = 1;
    private const int PathBeneath = 1;
    private const int OpenPath = 0x200000;
    private const int CloseOnExecute = 0x80000;

    private const ulong Execute = 1 << 0;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadDirectory = 1 << 3;
    private const ulong AllSinceVersion1 = (1 << 13) - 1;
    private const ulong Refer = 1 << 13;
    private const ulong Truncate = 1 << 14;
    private const ulong DeviceControl = 1 << 15;
    private const ulong BindAndConnect = 0b11;
    private const ulong AbstractSocketsAndSignals = 0b11;

    /// <summary>O_DIRECTORY.</summary>
    private static readonly int Directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    /// <summary>The version of the interface; below 1: there is none.</summary>
    public static int Version => (int)Libc.Call(CreateRuleset, null, 0, AskVersion);

    /// <summary>Leaves these paths to be read and executed, and nothing else.</summary>
    /// <exception cref="ConfinementException">The kernel has no Landlock, or refuses it.</exception>
    public static void RestrictTo(IEnumerable<string> paths)
    {
        var version = Version;
        Require(version >= 1, "no Landlock");
        var ruleset = Create(version);
        foreach (var path in paths)
        {
            Allow(ruleset, path);
        }

        Require(Libc.Call(RestrictSelf, ruleset, 0, 0) == 0, "restrict_self");
        _ = Libc.Close(ruleset);
    }

    private static int Create(int version)
    {
        var files = AllSinceVersion1
            | (version >= 2 ? Refer : 0)
            | (version >= 3 ? Truncate : 0)
            | (version >= 5 ? DeviceControl : 0);
        var attributes = new byte[version >= 6 ? 24 : version >= 4 ? 16 : 8];
        BinaryPrimitives.WriteUInt64LittleEndian(attributes, files);
        if (version >= 4)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(attributes.AsSpan(8), BindAndConnect);
        }

        if (version >= 6)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(attributes.AsSpan(16), AbstractSocketsAndSignals);
        }

        var ruleset = (int)Libc.Call(CreateRuleset, attributes, attributes.Length, 0);
        Require(ruleset >= 0, "create_ruleset");
        return ruleset;
    }

    /// <summary>A path that is not there needs no permission.</summary>
    private static void Allow(int ruleset, string path)
    {
        var (descriptor, rights) = (Libc.Open(path, OpenPath | CloseOnExecute | Directory, 0), Execute | ReadFile | ReadDirectory);
        if (descriptor < 0)
        {
            (descriptor, rights) = (Libc.Open(path, OpenPath | CloseOnExecute, 0), Execute | ReadFile);
        }

        if (descriptor < 0)
        {
            return;
        }

        var rule = new byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(rule, rights);
        BinaryPrimitives.WriteInt32LittleEndian(rule.AsSpan(8), descriptor);
        Require(Libc.Call(AddRule, ruleset, PathBeneath, rule, 0) == 0, $"add_rule for {path}");
        _ = Libc.Close(descriptor);
    }

    private static void Require(bool holds, string step)
    {
        if (!holds)
        {
            throw new ConfinementException($"Landlock: {step}: {Libc.ErrorText}");
        }
    }
}
