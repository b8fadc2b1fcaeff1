using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>
/// A filter for all threads of this process: the system calls that .NET and a decoder need to compute, to read files and to use the
/// descriptors that are open. All others fail: there is no socket, no other process, no writing to a file, no change of rights.
/// </summary>
internal sealed class SeccompFilter
{
    private const int SetModeFilter = 1;
    private const int AllThreads = 1;

    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort JumpIfAnyBit = 0x45;
    private const ushort Return = 0x06;

    private const uint Allowed = 0x7fff0000;
    private const uint KillProcess = 0x80000000;
    private const uint FailWith = 0x00050000;
    private const uint NotPermitted = FailWith | 1;
    private const uint NotImplemented = FailWith | 38;

    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint FirstOtherAbi = 0x40000000;

    private const uint WriteFlags = 0x1 | 0x2 | 0x40 | 0x200 | 0x400 | 0x400000;
    private const uint CloneThread = 0x10000;
    private const uint SetName = 15;
    private const uint SetMappingName = 0x53564d41;
    private const uint OwnThread = 0;

    // Of fcntl: not those that have signals sent to another process.
    private const uint Duplicate = 0;
    private const uint GetFlags = 1;
    private const uint SetFlags = 2;
    private const uint GetStatus = 3;
    private const uint SetStatus = 4;
    private const uint DuplicateCloseOnExecute = 1030;

    private const uint SharedMapping = 0x1;
    private const uint AnonymousMapping = 0x20;

    private readonly List<byte> program = [];
    private readonly SystemCalls calls;

    private SeccompFilter(SystemCalls calls, int processId)
    {
        this.calls = calls;
        RequireArchitecture();
        foreach (var number in calls.Harmless)
        {
            Match(number, Then(Allowed));
        }

        Match(calls.OpenAt, WithoutBits(2, WriteFlags));
        Match(calls.Open, WithoutBits(1, WriteFlags));
        Match(calls.Clone, WithBits(0, CloneThread));
        Match(calls.SignalThread, OneOf(0, (uint)processId));
        Match(calls.Control, OneOf(0, SetName, SetMappingName));
        Match(calls.Limits, ReadingOwnLimits());
        Match(calls.FileControl, OneOf(1, Duplicate, GetFlags, SetFlags, GetStatus, SetStatus, DuplicateCloseOnExecute));
        Match(calls.SetAffinity, OneOf(0, OwnThread));
        Match(calls.Map, PrivateOrOfFile());
        Add(Then(NotImplemented));
    }

    /// <summary>Holds from now on for every thread of this process, and for ever.</summary>
    /// <exception cref="ConfinementException">The kernel or the processor is not one that it can be made for.</exception>
    public static void Install()
    {
        var calls = SystemCalls.OfThisProcessor ?? throw new ConfinementException($"seccomp: {RuntimeInformation.ProcessArchitecture}");
        var program = new SeccompFilter(calls, Environment.ProcessId).program.ToArray();
        var pinned = GCHandle.Alloc(program, GCHandleType.Pinned);
        try
        {
            var header = new byte[16];
            BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(program.Length / 8));
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), pinned.AddrOfPinnedObject());
            if (Libc.Call(calls.Seccomp, SetModeFilter, AllThreads, header, 0) != 0)
            {
                throw new ConfinementException($"seccomp: {Libc.ErrorText}");
            }
        }
        finally
        {
            pinned.Free();
        }
    }

    private void RequireArchitecture()
    {
        Add(Load(ArchitectureOffset), Jump(JumpIfEqual, calls.Architecture, 1, 0), Then(KillProcess), Load(NumberOffset));
        Add(Jump(JumpIfAtLeast, FirstOtherAbi, 0, 1), Then(KillProcess));
    }

    private void Match(int number, params ulong[] block)
    {
        if (number >= 0)
        {
            Add(Jump(JumpIfEqual, (uint)number, 0, (byte)block.Length));
            Add(block);
        }
    }

    private static ulong[] WithoutBits(int argument, uint bits) =>
        [Load(LowWord(argument)), Jump(JumpIfAnyBit, bits, 0, 1), Then(NotPermitted), Then(Allowed)];

    private static ulong[] WithBits(int argument, uint bits) =>
        [Load(LowWord(argument)), Jump(JumpIfAnyBit, bits, 1, 0), Then(NotPermitted), Then(Allowed)];

    private static ulong[] OneOf(int argument, params uint[] values) =>
    [
        Load(LowWord(argument)),
        .. values.SelectMany(value => new[] { Jump(JumpIfEqual, value, 0, 1), Then(Allowed) }),
        Then(NotPermitted),
    ];

    /// <summary>prlimit64 of this process (0), without new limits.</summary>
    private static ulong[] ReadingOwnLimits() =>
    [
        Load(LowWord(0)), Jump(JumpIfEqual, 0, 1, 0), Then(NotPermitted),
        Load(LowWord(2)), Jump(JumpIfEqual, 0, 1, 0), Then(NotPermitted),
        Load(LowWord(2) + 4), Jump(JumpIfEqual, 0, 1, 0), Then(NotPermitted),
        Then(Allowed),
    ];

    /// <summary>Memory that is shared and of no file is not counted by the limit of memory.</summary>
    private static ulong[] PrivateOrOfFile() =>
    [
        Load(LowWord(3)), Jump(JumpIfAnyBit, AnonymousMapping, 0, 2), Jump(JumpIfAnyBit, SharedMapping, 0, 1), Then(NotPermitted), Then(Allowed),
    ];

    private static uint LowWord(int argument) => (uint)(16 + (8 * argument));

    private static ulong Load(uint offset) => Instruction(LoadWord, 0, 0, offset);

    private static ulong Jump(ushort code, uint value, byte ifTrue, byte ifFalse) => Instruction(code, ifTrue, ifFalse, value);

    private static ulong Then(uint verdict) => Instruction(Return, 0, 0, verdict);

    private static ulong Instruction(ushort code, byte ifTrue, byte ifFalse, uint operand) =>
        code | ((ulong)ifTrue << 16) | ((ulong)ifFalse << 24) | ((ulong)operand << 32);

    private void Add(params ulong[] instructions)
    {
        foreach (var instruction in instructions)
        {
            program.AddRange(BitConverter.GetBytes(instruction));
        }
    }
}
