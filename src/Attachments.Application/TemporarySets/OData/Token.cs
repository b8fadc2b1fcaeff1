using Attachments.Application.Text;

namespace Attachments.Application.TemporarySets.OData;

internal enum TokenKind
{
    /// <summary>The name of a field, a function or an operator.</summary>
    Word,
    Literal,
    OpenParenthesis,
    CloseParenthesis,
    Comma,
    End,
}

/// <summary>The least part of an expression that has a meaning.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Where it begins, from 0, in UTF-16 code units.</param>
/// <param name="Text">As it was written.</param>
/// <param name="Value">Of a literal.</param>
internal readonly record struct Token(TokenKind Kind, int Position, string Text, Literal Value = default)
{
    public bool IsWord(string word) => Kind == TokenKind.Word && Text == word;

    public string Shown => Kind == TokenKind.End ? "the end" : Quoted.Format(Text);
}
