using System.Text;

namespace Switchboard.Tests.Jobs;

/// <summary>
/// What the broker has on disk of its quorum queues: for each a folder with its log, and one file that says which folder is whose.
/// That file (ra's <c>names.dets</c>) is written up to some seconds after a queue was declared. A broker of 3.10 that is killed before
/// can never start this queue again ("could not be restarted"), though all that it confirmed lies in the folder.
/// </summary>
internal sealed class BrokerFiles(string folder)
{
    private readonly string _files = Path.Combine(folder, "mnesia");
    private readonly string _kept = Path.Combine(folder, "kept");

    /// <summary>Waits until each queue could be found again after a kill.</summary>
    public Task UntilNamedAsync() => Eventually.TrueAsync(() =>
    {
        // one byte a character: the names are ASCII, what is around them is not text
        var names = File.ReadAllText(Path.Combine(QuorumFolder(), "names.dets"), Encoding.Latin1);
        return Task.FromResult(QueueFolders().All(queue => names.Contains(Path.GetFileName(queue), StringComparison.Ordinal)));
    });

    /// <summary>Takes the log of a queue away from a broker that is down: it comes up without this queue's leader.</summary>
    public async Task HideAsync(string queue)
    {
        // all of it is kept: a broker that misses one log forgets what it has of it elsewhere
        await ServerProcess.RunAsync("cp", "-a", _files, _kept);
        var config = $"'%2F_{queue}'";
        Directory.Delete(
            QueueFolders().Single(path => File.ReadAllText(Path.Combine(path, "config")).Contains(config, StringComparison.Ordinal)),
            recursive: true);
    }

    /// <summary>Gives a broker that is down back what it had.</summary>
    public void Restore()
    {
        Directory.Delete(_files, recursive: true);
        Directory.Move(_kept, _files);
    }

    private string QuorumFolder() => Directory.GetDirectories(_files)
        .Select(node => Path.Combine(node, "quorum", Path.GetFileName(node)))
        .Single(Directory.Exists);

    private string[] QueueFolders() => Directory.GetDirectories(QuorumFolder());
}
