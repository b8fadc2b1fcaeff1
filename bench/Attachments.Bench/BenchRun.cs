using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Attachments.Infrastructure.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Attachments.Bench;

/// <summary>One run of the program: starts everything, measures every row in turn as often as is asked for, and prints the table.</summary>
internal sealed class BenchRun : IAsyncDisposable
{
    private const int KiB = 1 << 10;
    private const int MiB = 1 << 20;
    private const int PutSessions = 64;
    private const int ColdFiles = 1_000;
    private const int HotFiles = 64;
    private const int MediumFiles = 8;
    private const int Batch = 100;
    private const int MemoryFile = 64 * MiB;
    private const int SmallAreWarm = 20_000;
    private const int MediumAreWarm = 2_000;
    private const int LargeAreWarm = 3;
    private const int WarmPreviews = 16;
    private const string Photograph = "/usr/share/forensics-samples/original-files/pic2/IMG_20191224_234846.jpg";
    private const int BatchesAreWarm = 50;
    private const int FewChanges = 1_000;
    private const int ManyChanges = 1_000_000;
    private const string Caches = "caches";
    private const string Stored = "stored";
    private const string Sessions = "/api/v1/project/1/sessions";
    private const string Files = $"{Sessions}/files/attachments";

    private readonly Options options;
    private readonly string directory;
    private readonly PrivateCluster cluster;
    private readonly Nginx nginx;
    private readonly Reference reference;
    private readonly List<string> notes = [];
    private readonly HashSet<int> previewed = [];
    private readonly Dictionary<(bool Cached, string Database), Service> services = [];
    private readonly Dictionary<int, (Service Service, string Database)> feeds = [];
    private Service? withoutFeed;

    private BenchRun(Options options, string directory, PrivateCluster cluster, Nginx nginx, Reference reference)
    {
        this.options = options;
        this.directory = directory;
        this.cluster = cluster;
        this.nginx = nginx;
        this.reference = reference;
    }

    /// <summary>The database with a thousand attachments, which everything is measured on.</summary>
    private string Database => cluster.ConnectionString;

    /// <summary>The one with many, which the service alone is measured on as well.</summary>
    private string ManyDatabase => new NpgsqlConnectionStringBuilder(Database) { Database = "many" }.ConnectionString;

    private string DirectoryDatabase => new NpgsqlConnectionStringBuilder(Database) { Database = "directory" }.ConnectionString;

    private string Small => Path.Combine(directory, "content", "small-0");

    private string Large => Path.Combine(directory, "content", "large");

    public static async Task<int> Run(Options options)
    {
        var directory = Directory.CreateTempSubdirectory("attachments-bench-").FullName;
        try
        {
            await using var bench = await Create(options, directory);
            await bench.Measure();
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services.Values.Concat(feeds.Values.Select(feed => feed.Service)).Concat(withoutFeed is null ? [] : [withoutFeed]))
        {
            await service.DisposeAsync();
        }

        await nginx.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await cluster.DisposeAsync();
    }

    private static async Task<BenchRun> Create(Options options, string directory)
    {
        Say("Starting PostgreSQL and nginx ...");
        // Its directory is of an account of its own.
        await Programs.Run("chmod", ["755", directory]);
        var content = Directory.CreateDirectory(Path.Combine(directory, "content")).FullName;
        MakeFiles(content);
        var cluster = await PrivateCluster.Start(Path.Combine(directory, "database"), NullLogger.Instance, CancellationToken.None);
        try
        {
            await Service.Verb(cluster.ConnectionString, "migrate");
            var body = await File.ReadAllBytesAsync(Path.Combine(content, "small-0"));
            var reference = await Reference.Create(cluster.ConnectionString, directory, body, ColdFiles);
            return new BenchRun(options, directory, cluster, await Nginx.Start(directory, content), reference);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private async Task Measure()
    {
        var rows = Rows().Where(row => row.Row.Work.Contains(options.Only, StringComparison.OrdinalIgnoreCase)).ToList();
        await Fill(Database);
        if (options.Many > 0)
        {
            await CreateManyDatabase();
        }

        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var row in rows)
            {
                await MeasureOnce(row, run);
            }
        }

        foreach (var row in rows)
        {
            row.Row.RoundTrips = await row.Trips();
        }

        if (IsAskedFor("memory"))
        {
            await MeasureMemory("uploads", (service, i) => Put(
                service, $"{Sessions}/bench-{i}/attachments/memory-{i}", new PatternContent(MemoryFile)));
            await MeasureMemory("uploads in several requests", UploadInTwoAppends);
        }

        if (IsAskedFor("previews"))
        {
            await MeasurePreviews();
        }

        if (IsAskedFor("end"))
        {
            await MeasureEnd();
        }

        if (IsAskedFor("feed"))
        {
            await MeasureFeed();
        }

        if (IsAskedFor("start"))
        {
            await MeasureStart();
        }

        Console.WriteLine(Table.Format(rows.Select(row => row.Row), notes));
    }

    /// <summary>One after another, so that what is compared is seconds apart.</summary>
    private async Task MeasureOnce(Measurement row, int run)
    {
        var ours = await row.Ours(Database);
        var ofMany = options.Many > 0 ? await row.Ours(ManyDatabase) : (double?)null;
        var theirs = await row.Theirs();
        row.Row.Runs.Add(new Run(ours, theirs, ofMany));
        var besides = ofMany is null ? "" : Row.Text($"; with many stored {ofMany:N0}");
        Say(Row.Text($"run {run}: {row.Row.Work}: {ours:N0} beside {theirs:N0}: {ours / theirs:0.00}{besides}"));
    }

    private IEnumerable<Measurement> Rows() =>
    [
        OnService("PUT 64 KiB, 8 connections", "pgbench, the least SQL", 0.6, "/s", cached: false, SmallAreWarm, PutSmall,
            () => reference.PgBench("put.sql", options.Seconds)),
        OnService("PUT 64 KiB with the change feed, 8 connections", "PUT without it", 0.95, "/s", cached: false, SmallAreWarm, PutSmall,
            PutWithoutFeed),
        new(new Row("a page of the feed of 1,000,000 changes", "of 1,000", 0.9, "pages/s"), _ => ReadFeed(ManyChanges), () => ReadFeed(FewChanges), () =>
            Task.FromResult(1.0)),
        OnService("GET 64 KiB, 8 connections, cold", "pgbench, the least SQL", 0.6, "/s", cached: false, SmallAreWarm,
            service => Get(service, "cold", ColdFiles),
            () => reference.PgBench("get.sql", options.Seconds)),
        OnService("GET 64 KiB by link, 8 connections, cold", "GET by token", 0.95, "/s", cached: false, SmallAreWarm, GetByLink,
            async () => (await Get(await Running(cached: false, Database), "cold", ColdFiles)).PerSecond),
        OnService("GET 64 KiB, the same files again and again", "nginx", 0.15, "/s", cached: true, SmallAreWarm,
            service => Get(service, "small", HotFiles),
            () => GetFromNginx("small", HotFiles)),
        OnService("GET 1 MiB, hot", "nginx", 0.22, "/s", cached: true, MediumAreWarm,
            service => Get(service, "medium", MediumFiles),
            () => GetFromNginx("medium", MediumFiles)),
        OnService("GET one 256 MiB file, hot", "nginx", 0.35, "MB/s", cached: true, LargeAreWarm, Download,
            () => DownloadFrom(new Uri(nginx.Address, "large"), "")),
        OnService("PUT one 256 MiB file", "psql \\lo_import", 1.8, "MB/s", cached: false, LargeAreWarm, Upload, Import),
        Resumable("256 MiB in one PATCH", 0.9, 256 * MiB),
        Resumable("256 MiB in appends of 64 MiB", 0.9, 64 * MiB),
        Resumable("256 MiB in appends of 5 MB", 0.75, 5_000_000),
        OnService("GET one 256 MiB file, cold", "psql \\lo_export", 3.0, "MB/s", cached: false, LargeAreWarm, Download, Export),
        OnService("100 files of 64 KiB in one multipart POST to a set", "100 single PUTs one after another", 4, "files/s", cached: false,
            BatchesAreWarm, PostBatch,
            async () => (await PutOneByOne(await Running(cached: false, Database))).PerSecond),
        OnService("GET a warm preview (`small`) of a 12-megapixel JPEG", "GET a file of its size", 0.9, "/s", cached: false, SmallAreWarm,
            service => GetWarmPreviews(service, "preview"),
            async () => (await GetWarmPreviews(await Running(cached: false, Database), "plain")).PerSecond),
        OnService("archive of 1,000 files of 64 KiB", "1,000 single GETs one after another", 3, "files/s", cached: false, BatchesAreWarm,
            GetArchive,
            async () => await GetOneByOne(await Running(cached: false, Database))),
        InDirectory("PUT one 256 MiB file, Directory", "write and fsync beside digests", 0.7, "MB/s", LargeAreWarm, Upload, WriteBesideDigests),
        InDirectory("GET one 256 MiB file, Directory", "nginx", 0.75, "MB/s", LargeAreWarm, Download,
            () => DownloadFrom(new Uri(nginx.Address, "large"), "")),
        InDirectory("GET 1 MiB, Directory", "nginx", 0.45, "/s", MediumAreWarm,
            service => Get(service, "medium", MediumFiles),
            () => GetFromNginx("medium", MediumFiles)),
    ];

    /// <summary>On a service that keeps its files in a directory, and on a database of its own.</summary>
    private Measurement InDirectory(
        string work,
        string against,
        double atLeast,
        string unit,
        int warmAfter,
        Func<Service, Task<(double PerSecond, long Requests)>> ours,
        Func<Task<double>> theirs)
    {
        var row = new Row(work, against, atLeast, unit);
        return new(row, _ => MeasureService(row, DirectoryDatabase, RunningInDirectory, warmAfter, ours), theirs, async () =>
        {
            await using var trips = new RoundTrips(DirectoryDatabase);
            await using var service = await Service.Start(directory, trips.Database, DirectorySettings());
            return await CountTrips(trips, service, cached: false, ours);
        });
    }

    private Measurement Resumable(string work, double atLeast, int append) => OnService(
        work, "one plain PUT", atLeast, "MB/s", cached: false, LargeAreWarm, service => UploadInAppends(service, append),
        async () => (await Upload(await Running(cached: false, Database))).PerSecond);

    // Warm after so many requests: the runtime has compiled what they use.
    private Measurement OnService(
        string work,
        string against,
        double atLeast,
        string unit,
        bool cached,
        int warmAfter,
        Func<Service, Task<(double PerSecond, long Requests)>> ours,
        Func<Task<double>> theirs)
    {
        var row = new Row(work, against, atLeast, unit);
        return new(
            row,
            database => MeasureService(row, database, () => Running(cached, database), warmAfter, ours, cached),
            theirs,
            async () =>
            {
                await using var trips = new RoundTrips(Database);
                await using var service = await Service.Start(directory, trips.Database, Settings(cached, "counted"));
                return await CountTrips(trips, service, cached, ours);
            });
    }

    /// <summary>Measures on a service that is warm, and what it used meanwhile.</summary>
    private async Task<double> MeasureService(
        Row row,
        string database,
        Func<Task<Service>> start,
        int warmAfter,
        Func<Service, Task<(double PerSecond, long Requests)>> work,
        bool cached = false)
    {
        var service = await start();
        await WarmUp(service, cached, row.Runs.Count == 0 ? warmAfter : 1, work);
        var postmaster = Postmaster();
        Resources.ForgetPeak(service.ProcessId);
        var before = (Resources.CpuSeconds(service.ProcessId), Resources.CpuSecondsOfFamily(postmaster));
        var (perSecond, requests) = await work(service);
        if (database != ManyDatabase)
        {
            row.Cpu.Add((
                (Resources.CpuSeconds(service.ProcessId) - before.Item1) * 1000 / requests,
                (Resources.CpuSecondsOfFamily(postmaster) - before.Item2) * 1000 / requests));
        }

        row.MemoryMiB = Math.Max(row.MemoryMiB, Resources.MemoryMiB(service.ProcessId, "VmHWM"));
        return perSecond;
    }

    /// <summary>
    /// Until the runtime has compiled what is used most, which depends on how often it is used, and the cache holds what is asked for
    /// again.
    /// </summary>
    private async Task WarmUp(Service service, bool cached, int requests, Func<Service, Task<(double PerSecond, long Requests)>> work)
    {
        for (var made = 0L; made < requests;)
        {
            made += (await work(service)).Requests;
        }

        if (cached)
        {
            await CacheIsAtRest();
        }
    }

    private async Task CacheIsAtRest()
    {
        for (var (before, now) = (-1L, CachedBytes()); before != now; (before, now) = (now, CachedBytes()))
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private long CachedBytes() =>
        new DirectoryInfo(Path.Combine(directory, Caches)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private async Task<double> CountTrips(
        RoundTrips trips, Service service, bool cached, Func<Service, Task<(double PerSecond, long Requests)>> work)
    {
        // The second request for a file is the one that makes the copy.
        await WarmUp(service, cached, requests: 2, work);
        var before = trips.Count;
        var (_, requests) = await work(service);
        return (double)(trips.Count - before) / requests;
    }

    /// <summary>The service that is measured, with a cache or without one, as warm as it has become.</summary>
    private async Task<Service> Running(bool cached, string database)
    {
        if (!services.TryGetValue((cached, database), out var service))
        {
            var cache = database == Database ? "measured" : "many";
            services.Add((cached, database), service = await Service.Start(directory, database, Settings(cached, cache)));
        }

        return service;
    }

    /// <summary>The same, with its files in a directory.</summary>
    private async Task<Service> RunningInDirectory()
    {
        if (!services.TryGetValue((false, DirectoryDatabase), out var service))
        {
            await using (var source = NpgsqlDataSource.Create(Database))
            {
                await Execute(source, "CREATE DATABASE directory");
            }

            await Service.Verb(DirectoryDatabase, "migrate");
            Directory.CreateDirectory(Path.Combine(directory, Stored));
            service = await Service.Start(directory, DirectoryDatabase, DirectorySettings());
            services.Add((false, DirectoryDatabase), service);
            await CreateSession(service, "files");
            await StoreContent(service);
        }

        return service;
    }

    private (string Name, string Value)[] DirectorySettings() =>
        [("Storage__Provider", "Directory"), ("Storage__Directory__Path", Path.Combine(directory, Stored))];

    private Task<Service> Start() => Service.Start(directory, Database, []);

    private (string Name, string Value)[] Settings(bool cached, string cache) =>
        cached ? [("Storage__Cache__Directory", Path.Combine(directory, Caches, cache))] : [];

    private async Task<(double PerSecond, long Requests)> PutSmall(Service service) => Requests(await Wrk.Run(
        service.Address, options.Seconds, "put.lua", service.Token, Small, $"{PutSessions}", $"{Stopwatch.GetTimestamp()}"));

    private async Task<(double PerSecond, long Requests)> Get(Service service, string kind, int files) => Requests(await Wrk.Run(
        service.Address, options.Seconds, "get.lua", service.Token, $"{Files}/{kind}-%d", $"{files}"));

    private async Task<(double PerSecond, long Requests)> GetByLink(Service service)
    {
        var links = Path.Combine(directory, $"links-{service.ProcessId}");
        if (!File.Exists(links))
        {
            await File.WriteAllLinesAsync(links, await MakeLinks(service));
        }

        return Requests(await Wrk.Run(service.Address, options.Seconds, "links.lua", links));
    }

    /// <summary>One for each file: paths and queries.</summary>
    private static async Task<List<string>> MakeLinks(Service service)
    {
        var items = Enumerable.Range(0, ColdFiles).Select(i => new { url = $"{Files}/cold-{i}" });
        using var answer = await service.Client.PostAsJsonAsync("/v1/links", new { links = items });
        await Require(answer);
        var made = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("links");
        return [.. made.EnumerateArray().Select(link => new Uri(link.GetProperty("url").GetString()!).PathAndQuery)];
    }

    /// <summary>Previews of photographs, or plain files that have the same bytes.</summary>
    private async Task<(double PerSecond, long Requests)> GetWarmPreviews(Service service, string kind)
    {
        if (previewed.Add(service.ProcessId))
        {
            var photograph = await File.ReadAllBytesAsync(Photograph);
            for (var i = 0; i < WarmPreviews; i++)
            {
                await Put(service, $"{Files}/photo-{i}", photograph);
                await Put(service, $"{Files}/as-small-{i}", await service.Client.GetByteArrayAsync($"{Files}/photo-{i}?preview=small"));
            }
        }

        var pattern = kind == "preview" ? $"{Files}/photo-%d?preview=small" : $"{Files}/as-small-%d";
        return Requests(await Wrk.Run(service.Address, options.Seconds, "get.lua", service.Token, pattern, $"{WarmPreviews}"));
    }

    /// <summary>First requests, as many at a time as connections, and what the service itself takes meanwhile.</summary>
    private async Task MeasurePreviews()
    {
        const int Photographs = 24;
        await using var service = await Start();
        var photograph = await File.ReadAllBytesAsync(Photograph);
        for (var i = 0; i < Photographs; i++)
        {
            await Put(service, $"{Files}/cold-photo-{i}", photograph);
        }

        await service.Client.GetByteArrayAsync($"{Files}/cold-photo-0?preview=large");
        Resources.ForgetPeak(service.ProcessId);
        var idle = Resources.MemoryMiB(service.ProcessId);
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(1, Photographs, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, token) =>
            await service.Client.GetByteArrayAsync($"{Files}/cold-photo-{i}?preview=large", token));
        var perSecond = (Photographs - 1) / watch.Elapsed.TotalSeconds;
        var peak = Resources.MemoryMiB(service.ProcessId, "VmHWM");
        notes.Add(Row.Text(
            $"Cold previews (`large`, with the smaller ones) of a 12-megapixel JPEG of {(double)photograph.Length / MiB:0.0} MiB: {perSecond:0.0} a second; memory of the service {idle:0} MiB before, at most {peak:0} MiB."));
    }

    private async Task<double> GetFromNginx(string kind, int files) =>
        (await Wrk.Run(nginx.Address, options.Seconds, "get.lua", "none", $"/{kind}-%d", $"{files}")).PerSecond;

    private static async Task<(double PerSecond, long Requests)> Download(Service service) =>
        (await DownloadFrom(new Uri(service.Address, $"{Files}/large"), service.Token), 1);

    private static async Task<double> DownloadFrom(Uri address, string token) => MegabytesPerSecond(await Curl(token, address.ToString()));

    private async Task<(double PerSecond, long Requests)> Upload(Service service)
    {
        var address = new Uri(service.Address, $"{Files}/uploaded?filename=large.bin");
        var seconds = await Curl(service.Token, "-T", Large, "-H", "Content-Type: application/octet-stream", address.ToString());
        return (MegabytesPerSecond(seconds), 1);
    }

    private async Task<(double PerSecond, long Requests)> UploadInAppends(Service service, int append)
    {
        var chunks = Path.Combine(directory, $"chunks-{append}");
        var files = Directory.Exists(chunks)
            ? [.. Directory.GetFiles(chunks).Order(StringComparer.Ordinal)]
            : await ResumableUpload.Cut(Large, append, chunks);
        return (MegabytesPerSecond(await ResumableUpload.Send(service, $"{Files}/uploaded", files, directory)), files.Count);
    }

    private static async Task<double> Curl(string token, params string[] arguments) => double.Parse(await Programs.Run(
        "curl",
        [
            "-sS", "--fail", "-o", "/dev/null", "-w", "%{time_total}", "-H", "Expect:", "-H", $"Authorization: Bearer {token}",
            .. arguments,
        ]));

    private async Task<double> Import()
    {
        var (seconds, objectId) = await reference.Import(Large);
        await reference.Unlink(objectId);
        return MegabytesPerSecond(seconds);
    }

    private async Task<double> WriteBesideDigests() => MegabytesPerSecond(
        await DiskWriter.Write(await File.ReadAllBytesAsync(Large), Path.Combine(directory, "written")));

    private async Task<double> Export()
    {
        var (_, objectId) = await reference.Import(Large);
        await reference.Export(objectId);
        var seconds = await reference.Export(objectId);
        await reference.Unlink(objectId);
        return MegabytesPerSecond(seconds);
    }

    private async Task<(double PerSecond, long Requests)> PostBatch(Service service)
    {
        var body = await File.ReadAllBytesAsync(Small);
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            using var form = new MultipartFormDataContent();
            for (var file = 0; file < Batch; file++)
            {
                form.Add(new ByteArrayContent(body) { Headers = { ContentType = new("image/jpeg") } }, "file", $"photo-{file}.jpg");
            }

            var watch = Stopwatch.StartNew();
            using var answer = await service.Client.PostAsync($"/api/temporaryattachmentset/{Guid.NewGuid()}", form);
            times.Add(watch.Elapsed.TotalSeconds);
            await Require(answer);
        }

        return (Batch / Row.Median(times), 5);
    }

    private async Task<(double PerSecond, long Requests)> PutOneByOne(Service service)
    {
        var body = await File.ReadAllBytesAsync(Small);
        var stamp = Stopwatch.GetTimestamp();
        var watch = Stopwatch.StartNew();
        for (var file = 0; file < Batch; file++)
        {
            await Put(service, $"{Sessions}/bench-0/attachments/one-{stamp}-{file}", body);
        }

        return (Batch / watch.Elapsed.TotalSeconds, Batch);
    }

    private static async Task<(double PerSecond, long Requests)> GetArchive(Service service)
    {
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            await Discard(service, $"{Sessions}/archived/archive");
            times.Add(watch.Elapsed.TotalSeconds);
        }

        return (ColdFiles / Row.Median(times), 5);
    }

    private static async Task<double> GetOneByOne(Service service)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < ColdFiles; i++)
        {
            await Discard(service, $"{Sessions}/archived/attachments/cold-{i}");
        }

        return ColdFiles / watch.Elapsed.TotalSeconds;
    }

    private static async Task Discard(Service service, string path)
    {
        using var answer = await service.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        await Require(answer);
        await answer.Content.CopyToAsync(Stream.Null);
    }

    /// <summary>The sessions that are written to, and the files that are read: 1,000 attachments and some.</summary>
    private async Task Fill(string database)
    {
        Say("Storing what is read ...");
        var service = await Running(cached: false, database);
        for (var i = 0; i < PutSessions; i++)
        {
            await CreateSession(service, $"bench-{i}");
        }

        await CreateSession(service, "files");
        await CreateSession(service, "archived");
        var body = await File.ReadAllBytesAsync(Small);
        for (var i = 0; i < ColdFiles; i++)
        {
            body[0] = (byte)i;
            body[1] = (byte)(i >> 8);
            await Put(service, $"{Files}/cold-{i}", body);
            await Put(service, $"{Sessions}/archived/attachments/cold-{i}", body);
        }

        await StoreContent(service);
    }

    /// <summary>What nginx serves.</summary>
    private async Task StoreContent(Service service)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(directory, "content")))
        {
            await using var stream = File.OpenRead(file);
            await Put(service, $"{Files}/{Path.GetFileName(file)}", new StreamContent(stream));
        }
    }

    /// <summary>As many small files more, with all that the service keeps of them, in sessions of a thousand points.</summary>
    private async Task CreateManyDatabase()
    {
        await using (var source = NpgsqlDataSource.Create(Database))
        {
            await Execute(source, "CREATE DATABASE many");
        }

        await Service.Verb(ManyDatabase, "migrate");
        await Fill(ManyDatabase);
        Say($"Storing {options.Many:N0} attachments ...");
        var watch = Stopwatch.StartNew();
        await using var many = NpgsqlDataSource.Create(ManyDatabase);
        for (var stored = 0; stored < options.Many; stored += 10_000)
        {
            await Execute(many, Many.Statement, stored);
        }

        // What PostgreSQL would do of itself in the minutes that follow.
        await Execute(many, "VACUUM ANALYZE");
        await Execute(many, "CHECKPOINT");
        Say(Row.Text($"Stored in {watch.Elapsed.TotalSeconds:0} s."));
    }

    private static async Task Execute(NpgsqlDataSource source, string statement, params object[] parameters)
    {
        await using var command = source.CreateCommand(statement);
        command.CommandTimeout = 0;
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        await command.ExecuteNonQueryAsync();
    }

    private bool IsAskedFor(string note) => options.Only.Length == 0 || options.Only == note;

    private static async Task UploadInTwoAppends(Service service, int number)
    {
        var upload = await ResumableUpload.Begin(service, $"{Sessions}/bench-{number}/attachments/memory-{number}", MemoryFile);
        await ResumableUpload.Append(service, upload, 0, new PatternContent(MemoryFile / 3));
        await ResumableUpload.Append(service, upload, MemoryFile / 3, new PatternContent(MemoryFile - (MemoryFile / 3)));
    }

    /// <summary>From the last byte of a gigabyte to its answer.</summary>
    private async Task MeasureEnd()
    {
        const long Length = 1L << 30;
        foreach (var isReadBack in new[] { false, true })
        {
            await using var first = await Start();
            var upload = await ResumableUpload.Begin(first, $"{Files}/gigabyte", Length);
            await ResumableUpload.Append(first, upload, 0, new PatternContent(Length - 1));
            await using var second = await Start();
            var watch = Stopwatch.StartNew();
            await ResumableUpload.Append(isReadBack ? second : first, upload, Length - 1, new PatternContent(1));
            notes.Add(Row.Text(
                $"From the last byte of 1 GiB to the answer, {(isReadBack ? "all of it read back" : "by one process")}: {watch.Elapsed.TotalSeconds:0.00} s."));
        }
    }

    private async Task MeasureMemory(string what, Func<Service, int, Task> upload)
    {
        const int Uploads = 64;
        await using var service = await Start();
        await Get(service, "cold", ColdFiles);
        await PutSmall(service);
        Resources.ForgetPeak(service.ProcessId);
        var idle = Resources.MemoryMiB(service.ProcessId);
        await Task.WhenAll(Enumerable.Range(0, Uploads).Select(i => upload(service, i)));
        var peak = Resources.MemoryMiB(service.ProcessId, "VmHWM");
        var rise = peak - idle;
        notes.Add(Row.Text(
            $"Memory of 64 concurrent {what} of 64 MiB: {idle:0} MiB before, at most {peak:0} MiB: **{rise:+0;-0} MiB** (at most +160)."));
    }

    private async Task MeasureFeed()
    {
        await using var service = await Start();
        await PutSmall(service);
        var (median, most) = await Feed.MeasureLatency(service, $"{Sessions}/bench", await File.ReadAllBytesAsync(Small), options.Seconds);
        notes.Add(Row.Text(
            $"From the answer to its event in the change feed, at 200 changes a second: {median:0} ms in the median, {most:0} ms for 99 of 100."));
    }

    private async Task<double> PutWithoutFeed()
    {
        if (withoutFeed is null)
        {
            withoutFeed = await Service.Start(directory, Database, ("Changes__Enabled", "false"));
            await WarmUp(withoutFeed, cached: false, SmallAreWarm, PutSmall);
        }

        return (await PutSmall(withoutFeed)).PerSecond;
    }

    /// <summary>Of a database that has only changes, so many of them.</summary>
    private async Task<double> ReadFeed(int changes)
    {
        if (!feeds.TryGetValue(changes, out var feed))
        {
            var name = $"feed{changes}";
            var database = new NpgsqlConnectionStringBuilder(Database) { Database = name }.ConnectionString;
            await using var server = NpgsqlDataSource.Create(Database);
            await Execute(server, $"CREATE DATABASE {name}");
            await Service.Verb(database, "migrate");
            await using var source = NpgsqlDataSource.Create(database);
            await Execute(source, Feed.Fill, changes);
            await Execute(source, "VACUUM ANALYZE");
            feeds.Add(changes, feed = (await Service.Start(directory, database), database));
            await Feed.ReadPages(feed.Service, database, options.Seconds);
        }

        return await Feed.ReadPages(feed.Service, feed.Database, options.Seconds);
    }

    private async Task MeasureStart()
    {
        var times = new List<double>();
        for (var i = 0; i < options.Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            await using var service = await Start();
            using var answer = await service.Client.GetAsync($"{Files}/cold-0");
            times.Add(watch.Elapsed.TotalSeconds);
            await Require(answer);
        }

        // A token is signed before, by a process of its own.
        var token = new List<double>();
        for (var i = 0; i < options.Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            await Service.Verb(Database, "token", "--sub", "bench");
            token.Add(watch.Elapsed.TotalSeconds);
        }

        notes.Add(Row.Text(
            $"Start to the first answered download, migrated database: {Row.Median(times) - Row.Median(token):0.00} s."));
    }

    private static async Task CreateSession(Service service, string uuid)
    {
        using var answer = await service.Client.PostAsJsonAsync(Sessions, new { session = new { uuid, unit_id = "bench" } });
        await Require(answer);
    }

    private static Task Put(Service service, string path, byte[] body) => Put(service, path, new ByteArrayContent(body));

    private static async Task Put(Service service, string path, HttpContent body)
    {
        using (body)
        {
            body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var answer = await service.Client.PutAsync($"{path}?filename=photo.jpg", body);
            await Require(answer);
        }
    }

    private static async Task Require(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private int Postmaster() => int.Parse(File.ReadLines(
        Directory.EnumerateFiles(Path.Combine(directory, "database"), "postmaster.pid", SearchOption.AllDirectories).Single()).First());

    private static (double PerSecond, long Requests) Requests(Wrk wrk) => (wrk.PerSecond, wrk.Requests);

    private static double MegabytesPerSecond(double seconds) => 256 * MiB / seconds / 1e6;

    /// <summary>Content that nothing can compress, the same in each run.</summary>
    private static void MakeFiles(string directory)
    {
        var random = new Random(1);
        foreach (var (kind, files, size) in new[] { ("small", HotFiles, 64 * KiB), ("medium", MediumFiles, MiB) })
        {
            for (var i = 0; i < files; i++)
            {
                Write($"{kind}-{i}", size);
            }
        }

        Write("large", 256 * MiB);

        void Write(string name, int size)
        {
            var bytes = new byte[size];
            random.NextBytes(bytes);
            File.WriteAllBytes(Path.Combine(directory, name), bytes);
        }
    }

    private static void Say(string text) => Console.Error.WriteLine(text);

    private sealed record Measurement(Row Row, Func<string, Task<double>> Ours, Func<Task<double>> Theirs, Func<Task<double>> Trips);
}
