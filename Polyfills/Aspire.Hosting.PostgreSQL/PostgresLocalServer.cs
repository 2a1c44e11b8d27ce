using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Run;

namespace Aspire.Hosting.Postgres;

/// <summary>PostgreSQL as Debian installs it, as a private process with its own data and port.</summary>
internal sealed class PostgresLocalServer(PostgresServerResource resource) : LocalServer
{
    private const string Installations = "/usr/lib/postgresql";

    // durable as in production; sized for a developer's machine
    private static readonly string[] Settings =
    [
        "listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=256MB", "max_connections=200",
        "wal_compression=lz4", "max_wal_size=2GB", "log_checkpoints=off",
    ];

    public override string DebianPackage => "postgresql";

    public override string SystemUser => "postgres";

    public override string? FindProgram() => FirstOf(Versions().Select(version => ProgramOf(version)));

    public override async Task<ProcessLaunch> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken)
    {
        var data = Path.Combine(context.Folder, "data");
        var program = File.Exists(Path.Combine(data, "PG_VERSION"))
            ? await ProgramForAsync(data, cancellationToken)
            : await InitializeAsync(context, data, cancellationToken);
        var port = resource.PrimaryEndpoint.Port;
        return new ProcessLaunch(
            context.Account, program, ["-D", data, "-p", $"{port}", .. Settings.SelectMany(setting => new[] { "-c", setting })],
            context.CleanEnvironment(), data)
        {
            StopSignal = Signal.Interrupt, // PostgreSQL's "fast": ends connections, writes all, ends
        };
    }

    private static IEnumerable<string> Versions() => !Directory.Exists(Installations) ? [] :
        Directory.EnumerateDirectories(Installations).Select(folder => Path.GetFileName(folder))
            .Where(version => int.TryParse(version, out _)).OrderByDescending(version => int.Parse(version, System.Globalization.CultureInfo.InvariantCulture));

    private static string ProgramOf(string version, string program = "postgres") => Path.Combine(Installations, version, "bin", program);

    /// <summary>Data belongs to a version: another one does not read it.</summary>
    private static async Task<string> ProgramForAsync(string data, CancellationToken cancellationToken)
    {
        var version = (await File.ReadAllTextAsync(Path.Combine(data, "PG_VERSION"), cancellationToken)).Trim();
        return File.Exists(ProgramOf(version))
            ? ProgramOf(version)
            : throw new DistributedApplicationException($"The data is of PostgreSQL {version}, which is not installed. Install postgresql-{version}, or start with --fresh.");
    }

    private async Task<string> InitializeAsync(LocalServerContext context, string data, CancellationToken cancellationToken)
    {
        // what a first start that was cut short left is no data yet
        var draft = data + ".new";
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);

        var passwordFile = Path.Combine(context.Folder, "password");
        await context.WriteFileAsync("password", await resource.PasswordParameter.GetValueAsync(cancellationToken) ?? "", cancellationToken);
        var user = await resource.UserNameReference.GetValueAsync(cancellationToken) ?? "postgres";
        string[] arguments = ["-D", draft, "-U", user, "--auth=scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8", "--locale=C.UTF-8"];
        await context.Account.RunAsync(
            Path.Combine(Path.GetDirectoryName(context.Program)!, "initdb"), context.IsTemporary ? [.. arguments, "--no-sync"] : arguments, cancellationToken);
        File.Delete(passwordFile);
        Directory.Move(draft, data);
        return context.Program;
    }
}
