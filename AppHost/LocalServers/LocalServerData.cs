using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Switchboard.AppHost.LocalServers;

/// <summary>
/// Where local servers keep their data, and the secrets that belong to it. Kept data is in the repository's ignored folder; that of a test
/// is in a folder that is deleted at its end.
/// </summary>
internal sealed class LocalServerData
{
    // servers that have users of their own pass through the folder, but don't look around
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly string[] Processes = ["edge-api", "workers-ingest", "workers-dispatch", "analytics-worker"];

    private readonly IConfiguration _configuration;
    private readonly Dictionary<string, string> _secrets;
    private readonly Lazy<Task> _prepared;

    private LocalServerData(string folder, bool isKept, IConfiguration configuration)
    {
        Folder = folder;
        IsKept = isKept;
        _configuration = configuration;
        _prepared = new Lazy<Task>(CreateAsync);
        _secrets = File.Exists(SecretsFile) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(SecretsFile)) ?? [] : [];
    }

    public string Folder { get; }

    /// <summary>Whether it outlives this run.</summary>
    public bool IsKept { get; }

    private string SecretsFile => Path.Combine(Folder, "secrets.json");

    public static LocalServerData Open(IDistributedApplicationBuilder builder, ServerSettings settings)
    {
        var folder = settings.KeepData
            ? FolderFor(settings.Folder)
            : Path.Combine(ReachableTemporaryFolder(), $"switchboard-servers-{Path.GetRandomFileName()}");
        if (settings.Fresh && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var data = new LocalServerData(folder, settings.KeepData, builder.Configuration);
        // what the database's secrets are encrypted with stays with the data, and so do the passwords of the processes
        string[] accounts = [.. Processes.SelectMany(process => new[] { $"{process}-database-password", $"{process}-broker-password" })];
        foreach (var name in (string[])["encryption-key", .. accounts])
            builder.Configuration[$"Parameters:{name}"] = data.Secret(name);
        return data;
    }

    /// <summary>A secret of that name: the one that the data was made with, else one that is configured, else a new one.</summary>
    public string Secret(string name)
    {
        if (_secrets.TryGetValue(name, out var secret)) return secret;
        return _secrets[name] = _configuration[$"Parameters:{name}"] ?? new GenerateParameterDefault { MinLength = 43, Special = false }.GetDefaultValue();
    }

    /// <summary>Makes the folder, and stores the secrets before anything is made with them; once, however many servers start.</summary>
    /// <exception cref="DistributedApplicationException">Somebody else has put a link there.</exception>
    public Task PrepareAsync() => _prepared.Value;

    public void DeleteTemporary()
    {
        if (!IsKept && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private async Task CreateAsync()
    {
        var info = Directory.CreateDirectory(Folder, Passable);
        if (info.LinkTarget is not null)
            throw new DistributedApplicationException($"{Folder} is a link; the data of the servers would end up elsewhere. Remove it.");
        File.SetUnixFileMode(Folder, Passable);
        if (IsKept)
            await LocalAccount.Self.WriteFileAsync(SecretsFile, JsonSerializer.Serialize(_secrets), CancellationToken.None);
    }

    // below a closed home folder the servers' users cannot reach their data: then it is elsewhere
    private static string FolderFor(string ignored)
    {
        if (!Environment.IsPrivilegedProcess || IsReachable(ignored)) return Path.Combine(ignored, "servers");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ignored)))[..12];
        return $"/var/tmp/switchboard-{hash}";
    }

    private static string ReachableTemporaryFolder() =>
        !Environment.IsPrivilegedProcess || IsReachable(Path.GetTempPath()) ? Path.GetTempPath() : "/var/tmp";

    private static bool IsReachable(string folder)
    {
        for (var ancestor = new DirectoryInfo(folder); ancestor is not null; ancestor = ancestor.Parent)
        {
            if (ancestor.Exists && !ancestor.UnixFileMode.HasFlag(UnixFileMode.OtherExecute)) return false;
        }

        return true;
    }
}
