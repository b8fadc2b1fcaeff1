namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>
/// The user that runs PostgreSQL's programs: the current user, or another one if that is root, since PostgreSQL refuses to run as root.
/// </summary>
internal sealed class ServerAccount
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The privileges that allow that user to reach a directory inside a closed one, such as /root. Many containers can give only the
    /// second.
    /// </summary>
    private static readonly string[] CapabilitiesToPass = ["dac_read_search", "dac_override"];

    private readonly string? owner;
    private readonly string[] wrapper;

    private ServerAccount(string? owner, string[] wrapper)
    {
        this.owner = owner;
        this.wrapper = wrapper;
    }

    /// <exception cref="EmbeddedPostgresException">The current user is root, and no other user can use this directory.</exception>
    public static async Task<ServerAccount> For(DataDirectory data, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new ServerAccount(null, []);
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new EmbeddedPostgresException("PostgreSQL refuses to run as root: start the service as an ordinary user.");
        }

        var owner = await FindOwner(data, cancellationToken) ?? await FindUserIds("postgres", cancellationToken)
            ?? await FindUserIds("nobody", cancellationToken)
            ?? throw new EmbeddedPostgresException(
                "PostgreSQL refuses to run as root, and there is no user postgres or nobody: start the service as an ordinary user.");
        var account = await CreateWithAccess(data.Location, owner, cancellationToken);
        if (data.MajorVersion is not null)
        {
            await account.ChangeOwner(data.Cluster, cancellationToken);
        }

        return account;
    }

    /// <summary>Runs a program as this user.</summary>
    public Task<ProgramResult> Run(
        string program, IEnumerable<string> arguments, string? workingDirectory, TimeSpan limit, CancellationToken cancellationToken)
    {
        string[] line = [.. wrapper, program, .. arguments];
        return ExternalProgram.Run(line[0], line[1..], workingDirectory, limit, cancellationToken);
    }

    /// <summary>Makes this user the owner of a file, or of a directory and everything in it.</summary>
    public async Task ChangeOwner(string path, CancellationToken cancellationToken)
    {
        if (owner is null)
        {
            return;
        }

        var result = await ExternalProgram.Run("chown", ["-R", owner, "--", path], null, Limit, cancellationToken);
        if (!result.Succeeded)
        {
            throw new EmbeddedPostgresException($"{path} cannot be given to the user that runs PostgreSQL: {result.ErrorMessage}");
        }
    }

    /// <summary>Null if there is no cluster yet, or if root owns it (as after a copy).</summary>
    private static async Task<string?> FindOwner(DataDirectory data, CancellationToken cancellationToken)
    {
        if (data.MajorVersion is null)
        {
            return null;
        }

        var result = await ExternalProgram.Run("stat", ["-c", "%u:%g", "--", data.Cluster], null, Limit, cancellationToken);
        var ids = result.Output.Trim();
        return result.Succeeded && !ids.StartsWith("0:", StringComparison.Ordinal) ? ids : null;
    }

    private static async Task<string?> FindUserIds(string user, CancellationToken cancellationToken)
    {
        var uid = await ExternalProgram.Run("id", ["-u", user], null, Limit, cancellationToken);
        var gid = await ExternalProgram.Run("id", ["-g", user], null, Limit, cancellationToken);
        return uid.Succeeded && gid.Succeeded ? $"{uid.Output.Trim()}:{gid.Output.Trim()}" : null;
    }

    private static async Task<ServerAccount> CreateWithAccess(string directory, string owner, CancellationToken cancellationToken)
    {
        var ids = owner.Split(':');
        string[] plain = ["setpriv", $"--reuid={ids[0]}", $"--regid={ids[1]}", "--clear-groups"];
        string[][] withCapability = [.. CapabilitiesToPass.Select(name => WithCapability(plain, name))];
        foreach (var wrapper in withCapability.Prepend(plain))
        {
            var account = new ServerAccount(owner, wrapper);
            if ((await account.Run("stat", ["--", Path.Combine(directory, ".")], null, Limit, cancellationToken)).Succeeded)
            {
                return account;
            }
        }

        throw new EmbeddedPostgresException(
            $"PostgreSQL refuses to run as root, and the user it would run as (uid {ids[0]}) cannot enter {directory}: set "
            + "Embedded:DataDirectory to a directory outside of root's home, or start the service as an ordinary user.");
    }

    private static string[] WithCapability(string[] plain, string name) =>
        [.. plain, $"--inh-caps=+{name}", $"--ambient-caps=+{name}"];
}
