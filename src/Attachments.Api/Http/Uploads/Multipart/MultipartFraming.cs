using System.Text;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// Filters the bytes of a multipart body (RFC 2046, section 5.1.1) on their way to the framework's reader, which gets boundaries and
/// contents only. The headers of parts are kept apart, because the reader does not unfold them, and takes an end of the body within them
/// for their end. What is before the first boundary and behind the final one is left out, because the reader limits it as it does headers.
/// What the reader would misread is refused: it takes a line that only begins with the boundary for the boundary and drops the rest of it,
/// and it reads past a boundary that directly follows the headers of a part, so that the next part becomes content of this one.
/// </summary>
/// <param name="boundary">1 to 70 characters of ASCII.</param>
/// <param name="maxHeaderBytes">The most that the headers of one part may take, their line ends included.</param>
/// <param name="maxSurroundingBytes">The most that the preamble may have, and as much again the epilogue.</param>
internal sealed class MultipartFraming(string boundary, int maxHeaderBytes, int maxSurroundingBytes)
{
    private readonly byte[] delimiter = Encoding.ASCII.GetBytes($"\r\n--{boundary}");
    private readonly Queue<byte[]> heads = new();
    private readonly List<byte> head = [];

    private State state = State.Preamble;

    // The body may begin with the boundary, without a line end before it.
    private int matched = 2;
    private bool final;
    private bool returned;
    private int lineLength;
    private int surroundingBytes;

    private enum State
    {
        Preamble,
        Content,
        DelimiterEnd,
        FinalDash,
        Padding,
        Headers,
        Epilogue,
    }

    /// <summary>The first boundary, for the reader to begin with: <see cref="Filter"/> takes it away with the preamble.</summary>
    public ReadOnlyMemory<byte> Opening => delimiter.AsMemory(2);

    /// <summary>The boundaries seen so far, the final one included.</summary>
    public int Delimiters { get; private set; }

    /// <summary>Moves to the front what the reader is to get.</summary>
    /// <param name="bytes">Those that follow the ones seen before.</param>
    /// <returns>How many bytes that are.</returns>
    /// <exception cref="InvalidRequestException">
    /// <c>multipart_invalid</c>, <c>multipart_headers_too_large</c>, <c>multipart_preamble_too_large</c>,
    /// <c>multipart_epilogue_too_large</c>
    /// </exception>
    public int Filter(Span<byte> bytes)
    {
        var kept = 0;
        for (var rest = bytes; !rest.IsEmpty;)
        {
            var run = rest[..RunLength(rest)];
            rest = rest[run.Length..];
            if (Keeps(run))
            {
                run.CopyTo(bytes[kept..]);
                kept += run.Length;
            }
        }

        return kept;
    }

    /// <summary>The headers of the part that the reader comes to next, each line with its end.</summary>
    /// <exception cref="InvalidRequestException"><c>multipart_invalid</c>: there is no such part.</exception>
    public byte[] NextHead() => heads.TryDequeue(out var next) ? next : throw Broken();

    /// <summary>The body has ended.</summary>
    /// <exception cref="InvalidRequestException"><c>multipart_invalid</c></exception>
    public void End()
    {
        if (!final)
        {
            throw new InvalidRequestException(MultipartBody.Invalid, "The multipart body ends before its final boundary.");
        }
    }

    /// <summary>The number of bytes up to the next place where a boundary can begin.</summary>
    private int RunLength(ReadOnlySpan<byte> bytes)
    {
        if (state == State.Epilogue)
        {
            return bytes.Length;
        }

        var run = state is State.Preamble or State.Content && matched == 0 ? bytes.IndexOf((byte)'\r') : 1;
        return run < 0 ? bytes.Length : Math.Max(run, 1);
    }

    private bool Keeps(ReadOnlySpan<byte> run)
    {
        var next = run[^1];
        switch (state)
        {
            case State.Preamble:
                // It ends with the line end that is counted to the boundary.
                Count(run.Length, maxSurroundingBytes + delimiter.Length, "preamble");
                SeeContent(next);
                return false;
            case State.Epilogue:
                Count(run.Length, maxSurroundingBytes, "epilogue");
                return false;
            case State.Headers:
                return SeeHeader(next);
            case State.Content:
                SeeContent(next);
                break;
            case State.DelimiterEnd when next == '-':
                state = State.FinalDash;
                break;
            case State.FinalDash:
                SeeFinal(next);
                break;
            default:
                SeePadding(next);
                break;
        }

        return true;
    }

    private void Count(int length, int limit, string what)
    {
        surroundingBytes += length;
        if (surroundingBytes > limit)
        {
            throw new InvalidRequestException(
                $"multipart_{what}_too_large", $"The {what} of the multipart body is longer than {maxSurroundingBytes} bytes.");
        }
    }

    private void SeeContent(byte next)
    {
        // A carriage return is only at the start of the delimiter, so no shorter match can hide in a longer one that fails.
        matched = next == delimiter[matched] ? matched + 1 : next == delimiter[0] ? 1 : 0;
        if (matched == delimiter.Length)
        {
            matched = 0;
            Delimiters++;
            state = State.DelimiterEnd;
        }
    }

    private void SeeFinal(byte next)
    {
        if (Delimiters == 1 && surroundingBytes > delimiter.Length)
        {
            throw new InvalidRequestException(
                MultipartBody.Invalid, "The multipart body has no part, but other content before its final boundary.");
        }

        final = next == '-' ? true : throw Broken();
        state = State.Padding;
    }

    private void SeePadding(byte next)
    {
        if (EndsLine(next))
        {
            state = final ? State.Epilogue : State.Headers;
            lineLength = 0;
            surroundingBytes = 0;
        }
        else
        {
            state = State.Padding;
            if (next is not ((byte)' ' or (byte)'\t' or (byte)'\r'))
            {
                throw Broken();
            }
        }
    }

    /// <returns>Whether it is of the empty line that ends the headers: all that the reader gets of them.</returns>
    private bool SeeHeader(byte next)
    {
        head.Add(next);
        if (head.Count > maxHeaderBytes)
        {
            throw new InvalidRequestException(
                "multipart_headers_too_large", $"The headers of a part are longer than {maxHeaderBytes} bytes.");
        }

        lineLength++;
        var isOfEmptyLine = lineLength == 1 ? next == '\r' : lineLength == 2 && returned;
        if (EndsLine(next))
        {
            EndHeaderLine(isOfEmptyLine);
        }
        else if (isOfEmptyLine && lineLength == 2)
        {
            throw PartHeaders.Broken();
        }

        return isOfEmptyLine;
    }

    private void EndHeaderLine(bool isEmpty)
    {
        lineLength = 0;
        if (isEmpty)
        {
            heads.Enqueue([.. head[..^2]]);
            head.Clear();
            state = State.Content;

            // The line end that closes the headers may be that of a boundary as well.
            matched = 2;
        }
    }

    private bool EndsLine(byte next)
    {
        var ends = returned && next == '\n';
        returned = next == '\r';
        return ends;
    }

    private static InvalidRequestException Broken() =>
        new(MultipartBody.Invalid, "A line of the multipart body starts with the boundary but continues with other characters.");
}
