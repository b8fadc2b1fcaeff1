using System.Net.Sockets;
using System.Text;

namespace Attachments.ProcessTests;

[Platform("Linux", Reason = "The peak of a process's memory is read from /proc.")]
internal sealed class LargeSessionTests
{
    private const string Target = "/api/v1/project/1/sessions/s";
    private const int Readers = 20;
    private const long MaxGrowthBytes = 100L << 20;

    // 15 MiB: a text of 6, and 9 of points.
    private const string Fill =
        """
        INSERT INTO session_points (session_id, name, scalar)
            SELECT id, 'a', (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 196608) n) FROM sessions;
        INSERT INTO session_points (session_id, name, raw_data)
            SELECT id, 'b' || n, decode(repeat(md5(n::text), 2048), 'hex') FROM sessions, generate_series(1, 288) n;
        UPDATE sessions SET point_count = 289;
        """;

    private const string Busy =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'attachments' AND state <> 'idle'";

    [Test]
    public async Task Cost_little_memory_and_no_connection_while_their_readers_do_not_read()
    {
        var connectionString = await Service.CreateMigrated();
        await using var service = await Service.Start(ServiceSettings.Complete(connectionString));
        await service.CreateSession("s");
        for (var i = 0; i < 50; i++)
        {
            await service.Client.GetStringAsync(Target);
        }

        await Sql.Execute(connectionString, Fill);
        var memory = new ProcessMemory(service.Process.Id);
        var idle = await memory.Idle();
        memory.ForgetPeak();
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Readers; i++)
            {
                slow.Add(await BeginToRead(service));
            }

            await Eventually.Holds(
                async () => await Sql.Scalar<long>(connectionString, Busy) == 0, "Those who wait for their readers hold connections.");
            (await service.Client.GetStringAsync(Target)).Length.ShouldBeGreaterThan(15 << 20);
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }

        TestContext.Out.WriteLine($"{Readers} readers of 15 MiB each: idle {idle >> 20} MiB, peak {memory.Peak >> 20} MiB");
        memory.Peak.ShouldBeLessThanOrEqualTo(idle + MaxGrowthBytes);
    }

    private static async Task<TcpClient> BeginToRead(Service service)
    {
        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(service.Address.Host, service.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {Target} HTTP/1.1\r\nHost: {service.Address.Authority}\r\nAuthorization: Bearer {service.Token}\r\n\r\n"));
        return client;
    }
}
