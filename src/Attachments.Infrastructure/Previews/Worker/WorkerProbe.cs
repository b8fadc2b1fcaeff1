using System.Buffers.Binary;
using System.Globalization;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>Tries, from inside the sandbox, what a decoder that was taken over would try. For tests and for operators.</summary>
internal static class WorkerProbe
{
    private const int ReadOnly = 0;
    private const int CreateAndWrite = 0x41;
    private const int Internet = 2;
    private const int Streaming = 1;
    private const int AnyoneMayRead = 0x1a4;
    private const int StandardOutput = 1;
    private const int SetOwner = 8;
    private const int PageBytes = 4096;
    private const int ReadAndWrite = 3;
    private const int SharedAndAnonymous = 0x21;

    /// <summary>Prints what happened.</summary>
    /// <returns>0: it was refused.</returns>
    public static int Run(string probe, string target)
    {
        var result = Try(probe, target);
        var error = Libc.ErrorText;
        Console.Out.WriteLine(result < 0 ? $"refused: {error}" : "allowed");
        return result < 0 ? 0 : 1;
    }

    private static int Try(string probe, string target) => probe switch
    {
        "read" => Libc.Open(target, ReadOnly, 0),
        "write" => Libc.Open(target, CreateAndWrite, AnyoneMayRead),
        "execute" => Libc.Execute(target, [target, null], [null]),
        "fork" => Libc.Fork(),
        "kill" => Libc.Kill(int.Parse(target, CultureInfo.InvariantCulture), 0),
        "signals" => Call(calls => calls.FileControl, StandardOutput, SetOwner, int.Parse(target, CultureInfo.InvariantCulture)),
        "affinity" => Call(calls => calls.SetAffinity, int.Parse(target, CultureInfo.InvariantCulture), 0, 0),
        "share" => Call(calls => calls.Map, 0, PageBytes, ReadAndWrite, SharedAndAnonymous, -1),
        "connect" => Connect(int.Parse(target, CultureInfo.InvariantCulture)),
        _ => throw new ArgumentOutOfRangeException(nameof(probe)),
    };

    private static int Call(Func<SystemCalls, int> number, params nint[] arguments)
    {
        var padded = arguments.Concat(Enumerable.Repeat((nint)0, 5)).ToArray();
        return Libc.Call(number(SystemCalls.OfThisProcessor!), padded[0], padded[1], padded[2], padded[3], padded[4]) < 0 ? -1 : 0;
    }

    private static int Connect(int port)
    {
        var descriptor = Libc.Socket(Internet, Streaming, 0);
        if (descriptor < 0)
        {
            return descriptor;
        }

        var address = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(address, Internet);
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(2), (ushort)port);
        address[4] = 127;
        address[7] = 1;
        return Libc.Connect(descriptor, address, address.Length);
    }
}
