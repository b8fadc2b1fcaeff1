using Microsoft.Win32.SafeHandles;

namespace Attachments.Application.Content.Downloads;

/// <summary>
/// Copies of what is downloaded again and again, nearer than the store. It is asked for bytes by their digest, by one who has found in the
/// database that they may be read; it may forget anything at any time, and whatever it has is what its digest says.
/// </summary>
public interface IBlobCache
{
    /// <summary>
    /// The SHA-256 of the bytes that an equal <paramref name="question"/> was last answered with, where a copy of them is here, so that the
    /// store need not read them along. A guess: the answer may be another by now.
    /// </summary>
    byte[]? Expect(object question);

    /// <summary>Takes note that a file is sent in answer to its question. What is asked for again is worth a copy.</summary>
    void Note(StoredFile file);

    /// <summary>The copy of a file, open for reading and exactly as long as the file; null where there is none.</summary>
    SafeFileHandle? Open(StoredFile file);

    /// <summary>Forgets a copy that could not be read.</summary>
    void Drop(StoredFile file);
}
