using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.Documents;

/// <summary>Reads a JSON text (RFC 8259) token by token as it arrives. Only the current value is in memory.</summary>
internal sealed class JsonTokenReader(Stream json) : IDisposable
{
    private readonly DocumentBuffer window = new(json);
    private JsonReaderState before = new(JsonBody.ReaderOptions);
    private JsonReaderState after = new(JsonBody.ReaderOptions);

    // Of the token, which stays in the window while it is looked at.
    private int length;
    private bool started;
    private int depth;

    /// <summary>The type of the last token.</summary>
    public JsonTokenType Type { get; private set; }

    /// <summary>Whether the token begins, and is not only, a value.</summary>
    private bool IsOpening => Type is JsonTokenType.StartObject or JsonTokenType.StartArray;

    /// <summary>Goes on to the next token; false: the text, which is JSON, has ended.</summary>
    /// <exception cref="InvalidRequestException"><c>json_invalid</c></exception>
    public ValueTask<bool> Read(CancellationToken cancellationToken)
    {
        window.Consume(length);
        length = 0;
        before = after;
        return TryRead() ? ValueTask.FromResult(true) : ReadOn(cancellationToken);
    }

    /// <summary>
    /// Reads the members of the object that begins here: returns each name, and reads the first token of its value. The unread rest of a
    /// value is skipped.
    /// </summary>
    /// <exception cref="InvalidRequestException"><c>json_invalid</c></exception>
    public async IAsyncEnumerable<string> Members([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var inside = depth + 1;
        while (await Read(cancellationToken) && Type != JsonTokenType.EndObject)
        {
            var name = Text();
            await Read(cancellationToken);
            yield return name;
            while (depth > inside || IsOpening)
            {
                await Read(cancellationToken);
            }
        }
    }

    /// <summary>The text of a name or a string.</summary>
    /// <exception cref="InvalidRequestException"><c>json_invalid</c>: it is not well-formed Unicode.</exception>
    public string Text()
    {
        var reader = Reader(before);
        reader.Read();
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw JsonBody.NotUnicode();
        }
    }

    /// <summary>A number, true or false as it was written.</summary>
    public string RawText()
    {
        var reader = Reader(before);
        reader.Read();
        return Encoding.ASCII.GetString(reader.ValueSpan);
    }

    public void Dispose() => window.Dispose();

    private async ValueTask<bool> ReadOn(CancellationToken cancellationToken)
    {
        while (!window.IsLast)
        {
            await window.Fill(cancellationToken);
            window.Consume(started ? 0 : JsonBody.ByteOrderMarkLength(window.Bytes));
            started = true;
            if (TryRead())
            {
                return true;
            }
        }

        return false;
    }

    private bool TryRead()
    {
        var reader = Reader(after);
        try
        {
            if (!reader.Read())
            {
                return false;
            }
        }
        catch (JsonException exception)
        {
            throw JsonBody.Invalid(exception);
        }

        after = reader.CurrentState;
        (Type, depth, length) = (reader.TokenType, reader.CurrentDepth, (int)reader.BytesConsumed);
        return true;
    }

    private Utf8JsonReader Reader(JsonReaderState state) => new(window.Bytes, window.IsLast, state);
}
