using System.Text;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// Watches the bytes of a multipart body (RFC 2046, section 5.1.1) on their way to the framework's reader, for what that one lets
/// pass: it takes a line that only begins with the boundary for the boundary and drops the rest of it, reads past a boundary that
/// directly follows the headers of a part, so that the next part becomes content of this one, and takes an end of the body within the
/// headers of a part for the end of the headers.
/// </summary>
/// <param name="boundary">1 to 70 characters of ASCII.</param>
/// <param name="maxHeaderBytes">The most that the headers of one part may take, their line ends included.</param>
internal sealed class MultipartFraming(string boundary, int maxHeaderBytes)
{
    private readonly byte[] delimiter = Encoding.ASCII.GetBytes($"\r\n--{boundary}");

    private State state = State.Content;

    // The body may begin with the boundary, without a line end before it.
    private int matched = 2;
    private bool final;
    private bool returned;
    private int lineLength;
    private int headerBytes;

    private enum State
    {
        Content,
        DelimiterEnd,
        FinalDash,
        Padding,
        Headers,
        Epilogue,
    }

    /// <summary>The boundaries seen so far, the final one included.</summary>
    public int Delimiters { get; private set; }

    /// <param name="bytes">Those that follow the ones seen before.</param>
    /// <exception cref="InvalidRequestException"><c>multipart_invalid</c>, <c>multipart_headers_too_large</c></exception>
    public void See(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && state != State.Epilogue)
        {
            if (state == State.Content && matched == 0)
            {
                var candidate = bytes.IndexOf((byte)'\r');
                if (candidate < 0)
                {
                    return;
                }

                bytes = bytes[candidate..];
            }

            See(bytes[0]);
            bytes = bytes[1..];
        }
    }

    /// <summary>The body has ended.</summary>
    /// <exception cref="InvalidRequestException"><c>multipart_invalid</c></exception>
    public void End()
    {
        if (!final)
        {
            throw new InvalidRequestException(MultipartBody.Invalid, "The multipart body ends before its final boundary.");
        }
    }

    private void See(byte next)
    {
        switch (state)
        {
            case State.Content:
                SeeContent(next);
                break;
            case State.DelimiterEnd when next == '-':
                state = State.FinalDash;
                break;
            case State.FinalDash:
                final = next == '-' ? true : throw Broken();
                state = State.Padding;
                break;
            case State.DelimiterEnd or State.Padding:
                SeePadding(next);
                break;
            case State.Headers:
                SeeHeader(next);
                break;
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

    private void SeePadding(byte next)
    {
        if (EndsLine(next))
        {
            state = final ? State.Epilogue : State.Headers;
            headerBytes = 0;
            lineLength = 0;
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

    private void SeeHeader(byte next)
    {
        if (++headerBytes > maxHeaderBytes)
        {
            throw new InvalidRequestException(
                "multipart_headers_too_large", $"The headers of a part are longer than {maxHeaderBytes} bytes.");
        }

        lineLength++;
        if (!EndsLine(next))
        {
            return;
        }

        if (lineLength == 2)
        {
            state = State.Content;

            // The line end that closes the headers may be that of a boundary as well.
            matched = 2;
        }

        lineLength = 0;
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
