using System.Text;

namespace Attachments.FunctionalTests.Hostile;

/// <summary>A request as it is sent.</summary>
/// <param name="Kind">What it tries, for reports.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">The request target.</param>
/// <param name="Fields">The header fields, without those of the connection.</param>
/// <param name="Body">The bytes after the head, framed.</param>
/// <param name="IsWhole">The head says truly where the request ends, so that there has to be an answer.</param>
internal sealed record HostileRequest(
    string Kind, string Method, string Target, IReadOnlyList<(string Name, string Value)> Fields, byte[] Body, bool IsWhole)
{
    /// <summary>Leaves the connection open, for another request.</summary>
    public bool KeepsAlive { get; init; }

    /// <summary>
    /// Whether the server itself may refuse it, whose answers have no body: what is in the head is not all printable ASCII, or long, or
    /// there is a NUL in the path.
    /// </summary>
    public bool IsForTheServer => !IsWhole
        || !IsPrintable(Target)
        || !Fields.All(sent => IsPrintable(sent.Value))
        || Target.Length > 2000
        || Target.Split('?')[0].Contains("%00", StringComparison.Ordinal);

    public byte[] Bytes(string host, string token)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\nHost: {host}\r\n");
        if (Fields.All(sent => sent.Name != "Authorization"))
        {
            head.Append($"Authorization: Bearer {token}\r\n");
        }

        foreach (var (name, value) in Fields)
        {
            head.Append($"{name}: {value}\r\n");
        }

        head.Append(KeepsAlive ? "\r\n" : "Connection: close\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. Body];
    }

    private static bool IsPrintable(string text) => text.All(character => character is >= ' ' and <= '~');
}
