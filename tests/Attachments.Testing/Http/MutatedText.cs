using FsCheck;
using FsCheck.Fluent;

namespace Attachments.Testing.Http;

/// <summary>Texts on both sides of the border of a grammar: valid ones, with a few characters changed or none.</summary>
public static class MutatedText
{
    /// <param name="valid">What to start from.</param>
    /// <param name="alphabet">What to put in: characters, and pieces that mean something to the grammar.</param>
    public static Gen<string> Mutate(string[] valid, string[] alphabet) =>
        from start in Gen.OneOf(Gen.Elements(valid), Gen.Elements(valid), Pieces(alphabet))
        from edits in Gen.Choose(0, 3)
        from text in Edited(start, edits, alphabet)
        select text;

    private static Gen<string> Pieces(string[] alphabet) =>
        from count in Gen.Choose(0, 8)
        from pieces in Gen.ArrayOf(Gen.Elements(alphabet), count)
        select string.Concat(pieces);

    private static Gen<string> Edited(string text, int edits, string[] alphabet) =>
        edits == 0
            ? Gen.Constant(text)
            : from at in Gen.Choose(0, text.Length)
              from removed in Gen.Choose(0, Math.Min(2, text.Length - at))
              from inserted in Gen.OneOf(Gen.Constant(string.Empty), Gen.Elements(alphabet))
              from rest in Edited(text.Remove(at, removed).Insert(at, inserted), edits - 1, alphabet)
              select rest;
}
