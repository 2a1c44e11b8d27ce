namespace Aspire.Hosting.Run;

/// <summary>What a server may use.</summary>
/// <param name="Program">Its program.</param>
/// <param name="Folder">The folder for all it keeps; it exists, and belongs to <paramref name="Account"/>.</param>
/// <param name="Account">The user it runs as.</param>
/// <param name="Ports">More ports, for what is not an endpoint.</param>
/// <param name="IsTemporary">Whether the data is deleted at the end.</param>
internal sealed record LocalServerContext(string Program, string Folder, Account Account, PortBook Ports, bool IsTemporary)
{
    /// <summary>The environment that servers start with: nothing of ours but the way to the programs.</summary>
    public Dictionary<string, string> CleanEnvironment() => new()
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["LANG"] = "C.UTF-8",
        ["HOME"] = Folder,
    };

    /// <summary>Writes a file that only the server's user reads.</summary>
    public async Task WriteFileAsync(string name, string content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder, name);
        PrivateFile.Write(path, content);
        await Account.OwnAsync(path, cancellationToken);
    }
}
