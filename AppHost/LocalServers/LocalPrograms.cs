using System.Globalization;

namespace Switchboard.AppHost.LocalServers;

/// <summary>The server programs as Debian installs them.</summary>
internal static class LocalPrograms
{
    private const string PostgresVersions = "/usr/lib/postgresql";

    public static string? RedisServer => Existing("/usr/bin/redis-server", "/usr/local/bin/redis-server");

    public static string? RabbitMqServer => Existing("/usr/lib/rabbitmq/bin/rabbitmq-server");

    /// <summary>The folder of the newest PostgreSQL's programs.</summary>
    public static string? PostgresFolder => !Directory.Exists(PostgresVersions) ? null : Directory.EnumerateDirectories(PostgresVersions)
        .Select(folder => (Folder: Path.Combine(folder, "bin"), Version: VersionOf(folder)))
        .Where(found => found.Version > 0 && File.Exists(Path.Combine(found.Folder, "postgres")))
        .OrderByDescending(found => found.Version)
        .FirstOrDefault().Folder;

    /// <summary>The folder of the programs that can read data of this version.</summary>
    public static string? PostgresFolderOf(string version)
    {
        var folder = Path.Combine(PostgresVersions, version, "bin");
        return File.Exists(Path.Combine(folder, "postgres")) ? folder : null;
    }

    /// <summary>What a person should do who lacks some of them; null if all are there.</summary>
    public static string? WhatIsMissing()
    {
        var packages = new List<string>();
        if (PostgresFolder is null) packages.Add("postgresql");
        if (RedisServer is null) packages.Add("redis-server");
        if (RabbitMqServer is null) packages.Add("rabbitmq-server");
        return packages.Count == 0 ? null
            : "Without a container engine the servers run as local programs, and some are missing. Install them: "
                + $"apt-get install {string.Join(' ', packages)}";
    }

    private static string? Existing(params string[] paths) => paths.FirstOrDefault(File.Exists);

    private static int VersionOf(string folder) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
