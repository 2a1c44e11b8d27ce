using System.Diagnostics;

namespace Switchboard.AppHost.LocalServers;

/// <summary>
/// The user that a server runs as. PostgreSQL and RabbitMQ refuse root or should not have it: started by root, each is run as the user
/// that its package made; started by anybody else, as that person.
/// </summary>
internal sealed class LocalAccount
{
    private static readonly UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string? _user;

    private LocalAccount(string? user) => _user = user;

    /// <summary>What goes before a command so that it runs as this user.</summary>
    public string[] Prefix => _user is null ? [] : ["setpriv", $"--reuid={_user}", $"--regid={_user}", "--clear-groups", "--"];

    /// <summary>Whoever started the AppHost.</summary>
    public static LocalAccount Self { get; } = new(null);

    public static LocalAccount For(string user) => new(Environment.IsPrivilegedProcess ? user : null);

    /// <summary>Makes a folder that this user alone can enter.</summary>
    public async Task CreateFolderAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder, OwnerOnly);
        await OwnAsync(folder, cancellationToken);
    }

    /// <summary>Writes a file that this user alone can read, from its first byte on; whole or not at all.</summary>
    public async Task WriteFileAsync(string path, string content, CancellationToken cancellationToken)
    {
        var draft = path + ".new";
        File.Delete(draft);
        await using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        await using (var writer = new StreamWriter(file))
        {
            await writer.WriteAsync(content.AsMemory(), cancellationToken);
        }

        await OwnAsync(draft, cancellationToken);
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Runs a program as this user, to its end.</summary>
    /// <exception cref="DistributedApplicationException">It failed; the message has what it said.</exception>
    public Task RunAsync(string program, string[] arguments, string input, CancellationToken cancellationToken) =>
        RunAsync([.. Prefix, program, .. arguments], input, cancellationToken);

    private static async Task RunAsync(string[] command, string input, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new DistributedApplicationException($"{string.Join(' ', command)} failed with exit code {process.ExitCode}: {await errors}{await output}".Trim());
    }

    private Task OwnAsync(string path, CancellationToken cancellationToken) =>
        _user is null ? Task.CompletedTask : RunAsync(["chown", "--no-dereference", $"{_user}:", path], "", cancellationToken);
}
