using Microsoft.Win32.SafeHandles;

namespace Attachments.Application.Content.Downloads;

/// <summary>
/// Copies of files that are downloaded often, nearer than the store. A copy is found by the SHA-256 of its bytes, after the database has
/// said that the caller may read them. The cache may forget anything at any time. A copy always has the bytes that its digest names.
/// </summary>
public interface IBlobCache
{
    /// <summary>
    /// The SHA-256 of the file that answered an equal request last, if there is a copy of it: the database then need not return its bytes.
    /// Only a guess, since the file may have been replaced.
    /// </summary>
    byte[]? PredictSha256(object request);

    /// <summary>
    /// Records that a file is sent in answer to its <see cref="StoredFile.Request"/>. A file that is requested again is copied.
    /// </summary>
    void RecordUse(StoredFile file);

    /// <summary>The copy of a file, open for reading and exactly as long as the file; null where there is none.</summary>
    SafeFileHandle? Open(StoredFile file);

    /// <summary>Forgets a copy that could not be read.</summary>
    void Remove(StoredFile file);
}
