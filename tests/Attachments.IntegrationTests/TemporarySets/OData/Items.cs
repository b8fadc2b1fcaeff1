using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Attachments.IntegrationTests.TemporarySets.OData;

/// <summary>
/// A table of a few hundred items, in a database whose own collation is not by code point, so that what forgets to say by which it
/// compares is found out.
/// </summary>
internal sealed class Items : IAsyncDisposable
{
    private const int Count = 400;

    private readonly string server;
    private readonly string database;

    private Items(string server, string database, DbContextOptions<ItemsDbContext> options, IReadOnlyList<Item> all)
    {
        this.server = server;
        this.database = database;
        Options = options;
        All = all;
    }

    public DbContextOptions<ItemsDbContext> Options { get; }

    /// <summary>In upload order.</summary>
    public IReadOnlyList<Item> All { get; }

    public static async Task<Items> Create()
    {
        var server = await Databases.Create();
        var settings = new NpgsqlConnectionStringBuilder(server);
        settings.Database += "_icu";
        await Execute(server, $"CREATE DATABASE {settings.Database} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
        var options = new DbContextOptionsBuilder<ItemsDbContext>().UseNpgsql(settings.ConnectionString).Options;
        var all = Generated();
        await using var context = new ItemsDbContext(options);
        await context.Database.EnsureCreatedAsync();
        context.AddRange(all.Reverse());
        await context.SaveChangesAsync();
        return new Items(server, settings.Database!, options, all);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Execute(server, $"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    }

    private static async Task Execute(string server, string statement)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static IReadOnlyList<Item> Generated()
    {
        var random = new Random(20151216);
        var values = new RandomValues(random);
        Guid[] sets = [values.Guid(), values.Guid(), Guid.Parse("4bb709c2-e0e7-4af3-9f60-a045016a9610")];
        Guid[] users = [values.Guid(), values.Guid(), values.Guid(), Guid.Parse("2b364daa-0dff-4a6f-8554-f5963d3011be")];
        string[] types = ["image/png", "image/jpeg", "text/plain", "application/pdf", "application/octet-stream"];
        string[] names =
        [
            "Test Image", "test image", "TEST IMAGE 2", "O'Brien", "100%", "100 %", "a_b", "aXb", @"c:\temp", "c:/temp", "straße",
            "STRASSE", "ΟΔΟΣ", "οδος", "\u00A0padded\u3000", " padded", "😀", "\uFF5E", "e\u0301", "é", "É", "", " ", "screenshot 1",
            "notes", "Image", "notes.png",
        ];
        string FileName(int i) => (i % 13, random.Next(3)) switch
        {
            (0, _) => "notes.png",
            (_, 0) => random.GetItems(names, 1)[0],
            _ => values.Text() + random.GetItems([".png", ".PNG", ".txt"], 1)[0],
        };
        return
        [
            .. Enumerable.Range(0, Count).Select(i => new Item
            {
                Ordinal = i,
                TemporaryId = random.GetItems(sets, 1)[0],
                Id = values.Guid(),
                Name = i < 2 * names.Length ? names[i / 2] : values.Text(),
                FileName = FileName(i),
                ContentType = random.GetItems(types, 1)[0],
                CreatedAt = values.Moment(),
                CreatedById = random.GetItems(users, 1)[0],
                Size = values.Size(),
            }),
        ];
    }
}
