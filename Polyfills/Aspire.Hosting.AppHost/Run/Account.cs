using System.Diagnostics;

namespace Aspire.Hosting.Run;

/// <summary>The user that a server runs as: its own when we are root, otherwise ourselves.</summary>
internal sealed class Account
{
    private readonly string? _user;

    private Account(string? user) => _user = user;

    public static Account Self { get; } = new(null);

    /// <summary>The user of that name, if we are root and there is one.</summary>
    public static Account For(string user) =>
        Environment.IsPrivilegedProcess && File.ReadLines("/etc/passwd").Any(line => line.StartsWith(user + ":", StringComparison.Ordinal))
            ? new Account(user)
            : Self;

    /// <summary>What goes before a command so that it runs as this user.</summary>
    public IEnumerable<string> Prefix => _user is null ? [] : ["setpriv", $"--reuid={_user}", $"--regid={_user}", "--clear-groups", "--"];

    /// <summary>Makes a folder that belongs to this user alone.</summary>
    public async Task CreateFolderAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await OwnAsync(folder, cancellationToken);
    }

    /// <summary>Gives what is at the path to this user.</summary>
    public Task OwnAsync(string path, CancellationToken cancellationToken) =>
        _user is null ? Task.CompletedTask : Self.RunAsync("chown", ["-R", $"{_user}:", path], cancellationToken);

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="DistributedApplicationException">It failed; the message has what it said.</exception>
    public async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        string[] command = [.. Prefix, program, .. arguments];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new DistributedApplicationException($"{program} failed with exit code {process.ExitCode}: {await errors}{await output}".Trim());
    }
}
