using FsCheck;

namespace Attachments.Testing.Http;

/// <summary>Values of the Range field, on both sides of the border of its grammar.</summary>
public static class RangeTexts
{
    private static readonly string[] Valid =
    [
        "bytes=0-0", "bytes=5-", "bytes=-5", "bytes=0-9223372036854775807", "bytes=1-99999999999999999999", "bytes=7-3", "bytes=,1-2",
        "bytes=0-1, 4-5", "BYTES=3-4 ,", "bytes=99999999999999999999-99999999999999999998", "bytes=-0", "bytes=0009-010",
    ];

    private static readonly string[] Pieces =
    [
        "0", "1", "5", "9", "00", "9223372036854775807", "9223372036854775808", "-", ",", " ", "\t", "=", "bytes=", "b", "B",
        "\u0663", "\n",
    ];

    public static Gen<string> Any { get; } = MutatedText.Mutate(Valid, Pieces);
}
