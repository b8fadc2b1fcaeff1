using System.Globalization;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>What a worker may take.</summary>
/// <param name="ParentId">The process that it must not outlive.</param>
/// <param name="MemoryBytes">The writable memory.</param>
/// <param name="CpuSeconds">The time of the processor.</param>
internal sealed record WorkerLimits(int ParentId, long MemoryBytes, int CpuSeconds)
{
    public static WorkerLimits Parse(string[] arguments) => new(
        int.Parse(arguments[0], CultureInfo.InvariantCulture),
        long.Parse(arguments[1], CultureInfo.InvariantCulture),
        int.Parse(arguments[2], CultureInfo.InvariantCulture));

    public IEnumerable<string> Format() =>
    [
        ParentId.ToString(CultureInfo.InvariantCulture),
        MemoryBytes.ToString(CultureInfo.InvariantCulture),
        CpuSeconds.ToString(CultureInfo.InvariantCulture),
    ];
}
