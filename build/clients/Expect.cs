using System.Runtime.CompilerServices;

namespace Attachments.Clients;

/// <summary>What the round trips expect of the service.</summary>
internal static class Expect
{
    public static void Equal<T>(T actual, T expected, [CallerArgumentExpression(nameof(actual))] string? what = null)
    {
        if (!EqualityComparer<T>.Default.Equals(actual, expected))
        {
            throw new InvalidOperationException($"{what} is {actual}, not {expected}.");
        }
    }

    /// <returns>The exception.</returns>
    public static async Task<T> Throws<T>(Func<Task> call, [CallerArgumentExpression(nameof(call))] string? what = null)
        where T : Exception
    {
        try
        {
            await call();
        }
        catch (T expected)
        {
            return expected;
        }

        throw new InvalidOperationException($"{what} has not thrown {typeof(T).Name}.");
    }

    public static async Task<string> Text(Stream? stream)
    {
        using var reader = new StreamReader(stream!);
        return await reader.ReadToEndAsync();
    }

    public static Stream Bytes(string text) => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
}
