using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.Persistence;

[TestFixture]
internal sealed class DataSourceTests
{
    private TestServices services = null!;

    private NpgsqlDataSource Source => services.Provider.GetRequiredService<NpgsqlDataSource>();

    [OneTimeSetUp]
    public async Task Start() => services = await TestServices.Start();

    [OneTimeTearDown]
    public async Task Stop() => await services.DisposeAsync();

    [Test]
    public async Task A_connection_compresses_fast_however_often_it_has_been_used()
    {
        for (var use = 0; use < 3; use++)
        {
            (await Scalar<string>("SHOW default_toast_compression")).ShouldBe("lz4");
        }
    }

    [TestCase("", 30)]
    [TestCase("Maximum Pool Size=7", 7)]
    [TestCase("Minimum Pool Size=40", 40)]
    public async Task A_pool_has_thirty_connections_unless_it_is_told_otherwise(string options, int expected) =>
        (await Settings(options)).MaxPoolSize.ShouldBe(expected);

    [TestCase("", 80 << 10)]
    [TestCase("Write Buffer Size=9000", 9000)]
    public async Task A_small_file_leaves_in_one_piece_unless_the_connection_string_says_otherwise(string options, int expected) =>
        (await Settings(options)).WriteBufferSize.ShouldBe(expected);

    [Test]
    public async Task Statements_used_again_and_again_are_prepared()
    {
        await using var connection = await Source.OpenConnectionAsync();
        for (var use = 0; use < 10; use++)
        {
            await using var again = new NpgsqlCommand("SELECT 4711", connection);
            await again.ExecuteScalarAsync();
        }

        await using var prepared = new NpgsqlCommand(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 4711'", connection);
        (await prepared.ExecuteScalarAsync()).ShouldBe(1L);
    }

    [Test]
    public async Task A_store_whose_database_is_away_says_so_in_the_words_of_the_application()
    {
        var elsewhere = new NpgsqlConnectionStringBuilder(services.ConnectionString) { Port = 1 };
        await using var unreachable = TestServices.On(elsewhere.ConnectionString);
        var error = await unreachable.InScope(scope => Should.ThrowAsync<UnavailableException>(
            () => scope.GetRequiredService<IBlobStore>().Read(Guid.NewGuid(), 0, new byte[1], CancellationToken.None)));
        error.Code.ShouldBe("database_unavailable");
    }

    [TestCase("Hst=nowhere")]
    [TestCase("no connection string")]
    [TestCase("Port=5432")]
    public async Task A_connection_string_that_is_none_is_told_in_one_line(string text)
    {
        await using var unusable = TestServices.On(text);
        var error = Should.Throw<ConfigurationException>(() => unusable.Provider.GetRequiredService<NpgsqlDataSource>());
        error.Message.ShouldStartWith("ConnectionStrings:Attachments");
        error.Message.ShouldNotContain("\n");
    }

    private async Task<NpgsqlConnectionStringBuilder> Settings(string options)
    {
        await using var made = TestServices.On($"{services.ConnectionString};{options}");
        return new NpgsqlConnectionStringBuilder(made.Provider.GetRequiredService<NpgsqlDataSource>().ConnectionString);
    }

    private async Task<T> Scalar<T>(string query)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(query, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
