namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// Decodes quoted-printable (RFC 2045, section 6.7). Lines may be longer than the section allows and may end with LF alone. Blanks at the
/// end of a line are dropped, as the section requires. Bytes that must be encoded but are not are refused.
/// </summary>
internal sealed class QuotedPrintableStream(Stream encoded)
    : TransferDecodingStream(encoded, "quoted-printable", maxHeldBytes: MaxBlanks)
{
    // A line of mail (RFC 5322, section 2.1.1).
    private const int MaxBlanks = 998;

    private readonly byte[] blanks = new byte[MaxBlanks];
    private int blankCount;
    private State state = State.Text;
    private int firstDigit;

    private enum State
    {
        Text,
        Escape,
        SecondDigit,
        SoftBreak,
        SoftReturn,
    }

    protected override int Decode(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        var written = 0;
        foreach (var next in bytes)
        {
            switch (state)
            {
                case State.Text:
                    SeeText(next, destination, ref written);
                    break;
                case State.SecondDigit:
                    destination[written++] = (byte)((firstDigit << 4) | Digit(next));
                    state = State.Text;
                    break;
                default:
                    SeeEscape(next);
                    break;
            }
        }

        return written;
    }

    // The line end behind the last byte belongs to the boundary, so that a "=" there is a soft break.
    protected override int DecodeRest(Span<byte> destination) =>
        state is State.Text or State.Escape or State.SoftBreak ? 0 : throw Broken();

    private void SeeText(byte next, Span<byte> destination, ref int written)
    {
        switch ((char)next)
        {
            case ' ' or '\t':
                blanks[blankCount < MaxBlanks ? blankCount++ : throw Broken()] = next;
                break;
            case '\r' or '\n':
                blankCount = 0;
                destination[written++] = next;
                break;
            case '=':
                WriteBlanks(destination, ref written);
                state = State.Escape;
                break;
            case > ' ' and <= '~':
                WriteBlanks(destination, ref written);
                destination[written++] = next;
                break;
            default:
                throw Broken();
        }
    }

    private void SeeEscape(byte next)
    {
        switch ((char)next)
        {
            case '\n':
                state = State.Text;
                break;
            case '\r' when state != State.SoftReturn:
                state = State.SoftReturn;
                break;
            case ' ' or '\t' when state != State.SoftReturn:
                state = State.SoftBreak;
                break;
            default:
                firstDigit = state == State.Escape ? Digit(next) : throw Broken();
                state = State.SecondDigit;
                break;
        }
    }

    private void WriteBlanks(Span<byte> destination, ref int written)
    {
        blanks.AsSpan(0, blankCount).CopyTo(destination[written..]);
        written += blankCount;
        blankCount = 0;
    }

    private int Digit(byte next) => (char)next switch
    {
        >= '0' and <= '9' => next - '0',
        >= 'A' and <= 'F' => next - 'A' + 10,
        >= 'a' and <= 'f' => next - 'a' + 10,
        _ => throw Broken(),
    };
}
