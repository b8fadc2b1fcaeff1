using System.Security.Cryptography;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.Caching;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Caching;

[TestFixture]
internal sealed class FileCacheTests
{
    private const int MaxBytes = 1 << 20;

    private string directory = null!;
    private TestServices services = null!;
    private FileCache cache = null!;

    [SetUp]
    public async Task Start()
    {
        directory = Directory.CreateTempSubdirectory("attachments-cache-").FullName;
        services = await TestServices.Start(storage: StorageIn(directory));
        cache = await StartCache(services);
    }

    [TearDown]
    public async Task Stop()
    {
        await cache.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Copies_what_is_asked_for_twice()
    {
        var (file, content) = await Store(300_000);
        Ask("question", file);
        cache.Open(file).ShouldBeNull();
        cache.PredictSha256("question").ShouldBeNull();
        Ask("question", file);
        await ShouldComeToHave(file, content);
        cache.PredictSha256("question").ShouldBe(file.Sha256);
        cache.PredictSha256("another question").ShouldBeNull();
    }

    [Test]
    public async Task Copies_nothing_that_is_asked_for_once()
    {
        var (once, _) = await Store(1000);
        Ask("once", once);
        var (twice, content) = await Store(2000);
        Ask("twice", twice);
        Ask("twice", twice);
        await ShouldComeToHave(twice, content);
        cache.Open(once).ShouldBeNull();
    }

    [Test]
    public async Task Expects_what_was_answered_last()
    {
        var (old, oldContent) = await Store(1000);
        var (replacement, content) = await Store(1000);
        await Copied("question", old, oldContent);
        Ask("question", replacement);
        cache.PredictSha256("question").ShouldBeNull();
        Ask("question", replacement);
        await ShouldComeToHave(replacement, content);
        cache.PredictSha256("question").ShouldBe(replacement.Sha256);
    }

    [Test]
    public async Task Trusts_what_an_earlier_run_left_once_it_has_been_compared()
    {
        var (file, content) = await Store(50_000);
        await Copied("question", file, content);
        await Restart();
        cache.Open(file).ShouldBeNull();

        // From the store it could not come any more.
        await DeleteBytes(file);
        await Copied("question", file, content);
    }

    [Test]
    public async Task Copies_anew_what_an_earlier_run_left_damaged()
    {
        var (file, content) = await Store(50_000);
        await Copied("question", file, content);
        await cache.StopAsync(CancellationToken.None);
        var damaged = content.ToArray();
        damaged[49_999] ^= 1;
        await File.WriteAllBytesAsync(GetCopyPath(file), damaged);
        await Restart();
        await Copied("question", file, content);
    }

    [Test]
    public async Task Serves_nothing_of_a_copy_that_was_written_to_and_copies_it_anew()
    {
        var (file, content) = await Store(50_000);
        await Copied("question", file, content);
        var damaged = content.ToArray();
        damaged[49_999] ^= 1;
        var written = File.GetLastWriteTimeUtc(GetCopyPath(file));
        await File.WriteAllBytesAsync(GetCopyPath(file), damaged);
        File.SetLastWriteTimeUtc(GetCopyPath(file), written);
        cache.Open(file).ShouldBeNull();
        await Copied("question", file, content);
    }

    [Test]
    public async Task Serves_nothing_of_another_file_in_the_place_of_a_copy()
    {
        var (file, content) = await Store(50_000);
        await Copied("question", file, content);
        var written = File.GetLastWriteTimeUtc(GetCopyPath(file));
        var other = Path.Combine(directory, "other");
        await File.WriteAllBytesAsync(other, new byte[50_000]);
        File.SetLastWriteTimeUtc(other, written);
        File.Move(other, GetCopyPath(file), overwrite: true);
        cache.Open(file).ShouldBeNull();
        await Copied("question", file, content);
    }

    [Test]
    public async Task Trusts_a_copy_that_was_touched_once_it_has_been_compared()
    {
        var (file, content) = await Store(50_000);
        await Copied("question", file, content);
        File.SetLastWriteTimeUtc(GetCopyPath(file), DateTime.UtcNow.AddMinutes(1));
        cache.Open(file).ShouldBeNull();
        await DeleteBytes(file);
        await Copied("question", file, content);
    }

    [Test]
    public async Task Compares_a_copy_again_after_a_day()
    {
        var (file, content) = await Store(50_000);
        await Copied("question", file, content);
        services.Time.Advance(TimeSpan.FromHours(23));
        ShouldHave(file, content);
        services.Time.Advance(TimeSpan.FromHours(1));
        cache.Open(file).ShouldBeNull();
        cache.PredictSha256("question").ShouldBeNull();
        await DeleteBytes(file);
        await Copied("question", file, content);
    }

    [Test]
    public async Task Deletes_what_an_earlier_run_was_about_to_write_and_keeps_what_is_not_its_own()
    {
        await cache.StopAsync(CancellationToken.None);
        var (unfinished, foreign) = (Path.Combine(directory, $"{Guid.NewGuid():N}.part"), Path.Combine(directory, "notes.part"));
        await File.WriteAllTextAsync(unfinished, "half");
        await File.WriteAllTextAsync(foreign, "mine");
        await Restart();
        File.Exists(unfinished).ShouldBeFalse();
        File.Exists(foreign).ShouldBeTrue();
    }

    [Test]
    public async Task Keeps_no_copy_of_bytes_that_are_not_what_their_digest_says()
    {
        var (file, _) = await Store(1000);
        var wrong = file with { Sha256 = SHA256.HashData("something else"u8) };
        Ask("wrong", wrong);
        Ask("wrong", wrong);
        var (right, content) = await Store(1000);
        await Copied("right", right, content);
        cache.Open(wrong).ShouldBeNull();
        Copies().ShouldBe([GetCopyPath(right)]);
    }

    [Test]
    public async Task Goes_on_after_a_file_whose_bytes_are_gone()
    {
        var (gone, _) = await Store(1000);
        await DeleteBytes(gone);
        Ask("gone", gone);
        Ask("gone", gone);
        var (file, content) = await Store(1000);
        await Copied("question", file, content);
        cache.Open(gone).ShouldBeNull();
        Directory.GetFiles(directory, "*.part").ShouldBeEmpty();
    }

    [Test]
    public async Task Serves_no_copy_that_was_cut_short()
    {
        var (file, content) = await Store(1000);
        await Copied("question", file, content);
        await File.WriteAllBytesAsync(GetCopyPath(file), content[..500]);
        cache.Open(file).ShouldBeNull();
        await Copied("question", file, content);
    }

    [Test]
    public async Task Bears_that_its_directory_is_deleted_at_any_time()
    {
        var (file, content) = await Store(1000);
        await Copied("question", file, content);
        using (var reading = cache.Open(file).ShouldNotBeNull())
        {
            Directory.Delete(directory, recursive: true);
            Read(reading).ShouldBe(content);
        }

        cache.Open(file).ShouldBeNull();
        await Copied("question", file, content);
    }

    [Test]
    public async Task Forgets_what_was_not_used_for_longest_rather_than_take_more_than_it_may()
    {
        // Each takes a little more than its length.
        const int Length = MaxBytes / 4;
        var files = new List<(StoredFile File, byte[] Content)>();
        for (var i = 0; i < 3; i++)
        {
            files.Add(await Store(Length));
            await Copied($"{i}", files[i].File, files[i].Content);
        }

        // Of the first it is used now.
        ShouldHave(files[0].File, files[0].Content);
        var (newest, content) = await Store(Length);
        await Copied("newest", newest, content);
        cache.Open(files[1].File).ShouldBeNull();
        ShouldHave(files[0].File, files[0].Content);
        Copies().Sum(copy => new FileInfo(copy).Length).ShouldBe(3 * Length);
    }

    [Test]
    public async Task Copies_no_file_that_would_take_more_than_half_of_it()
    {
        var (large, _) = await Store((MaxBytes / 2) + 1);
        Ask("large", large);
        Ask("large", large);
        var (half, content) = await Store(MaxBytes / 2);
        await Copied("half", half, content);
        cache.Open(large).ShouldBeNull();
    }

    [Test]
    public async Task Does_not_share_its_directory()
    {
        await using var others = TestServices.On(services.ConnectionString, storage: StorageIn(directory));
        var refusal = await Should.ThrowAsync<ConfigurationException>(() => StartCache(others));
        refusal.Message.ShouldStartWith($"Storage:Cache:Directory is {directory}, which cannot be used by this service alone: ");
    }

    private static StorageOptions StorageIn(string directory) =>
        new() { Cache = new CacheOptions { Directory = directory, MaxBytes = MaxBytes } };

    private static async Task<FileCache> StartCache(TestServices services)
    {
        var cache = services.Provider.GetRequiredService<FileCache>();
        await cache.StartAsync(CancellationToken.None);
        return cache;
    }

    private async Task Restart()
    {
        await cache.StopAsync(CancellationToken.None);
        var database = services.ConnectionString;
        await services.DisposeAsync();
        services = TestServices.On(database, storage: StorageIn(directory));
        cache = await StartCache(services);
    }

    private async Task<(StoredFile File, byte[] Content)> Store(int length)
    {
        var (blob, content) = await services.Store(length);
        return (StoredFile.From(blob, FileName.FromStored("file.png")), content);
    }

    private Task DeleteBytes(StoredFile file) => Sql.Execute(
        services.ConnectionString, $"SELECT lo_unlink(large_object) FROM blobs WHERE id = '{file.BlobId}'");

    /// <summary>Asks until there is a copy.</summary>
    private async Task Copied(string question, StoredFile file, byte[] content)
    {
        Ask(question, file);
        Ask(question, file);
        await ShouldComeToHave(file, content);
    }

    private async Task ShouldComeToHave(StoredFile file, byte[] content)
    {
        await Eventually.Holds(() => Task.FromResult(Has(file)), "there is a copy of the file");
        ShouldHave(file, content);
    }

    private void Ask(string question, StoredFile file) => cache.RecordUse(file with { Request = question });

    private bool Has(StoredFile file)
    {
        using var copy = cache.Open(file);
        return copy is not null;
    }

    private void ShouldHave(StoredFile file, byte[] content)
    {
        using var copy = cache.Open(file).ShouldNotBeNull();
        Read(copy).ShouldBe(content);
    }

    private static byte[] Read(Microsoft.Win32.SafeHandles.SafeFileHandle copy)
    {
        var bytes = new byte[RandomAccess.GetLength(copy)];
        RandomAccess.Read(copy, bytes, 0).ShouldBe(bytes.Length);
        return bytes;
    }

    private string GetCopyPath(StoredFile file)
    {
        var name = Convert.ToHexStringLower(file.Sha256);
        return Path.Combine(directory, name[..2], name);
    }

    private string[] Copies() => [.. Directory.GetDirectories(directory).SelectMany(Directory.GetFiles)];
}
