using System.Text;

namespace Switchboard.Tests.Jobs;

/// <summary>
/// What the broker has on disk of its quorum queues: for each a folder with its log, and one file that says which folder is whose.
/// That file (ra's <c>names.dets</c>) is written up to some seconds after a queue was declared. A broker of 3.10 that is killed before
/// can never start this queue again ("could not be restarted"), though all that it confirmed lies in the folder.
/// </summary>
internal sealed class BrokerFiles(string folder)
{
    private readonly string _hidden = Path.Combine(folder, "hidden");

    /// <summary>Waits until each queue could be found again after a kill.</summary>
    public Task UntilNamedAsync() => Eventually.TrueAsync(() =>
    {
        // one byte a character: the names are ASCII, what is around them is not text
        var names = File.ReadAllText(Path.Combine(QuorumFolder(), "names.dets"), Encoding.Latin1);
        return Task.FromResult(QueueFolders().All(queue => names.Contains(Path.GetFileName(queue), StringComparison.Ordinal)));
    });

    /// <summary>Takes the folder of a queue away from a broker that is down: it comes up without this queue's leader.</summary>
    public void Hide(string queue)
    {
        var config = $"'%2F_{queue}'";
        var found = QueueFolders().Single(path => File.ReadAllText(Path.Combine(path, "config")).Contains(config, StringComparison.Ordinal));
        Directory.CreateDirectory(_hidden);
        Directory.Move(found, Path.Combine(_hidden, Path.GetFileName(found)));
    }

    /// <summary>Gives back what was hidden, to a broker that is down.</summary>
    public void Restore()
    {
        if (!Directory.Exists(_hidden))
            return;
        foreach (var queue in Directory.GetDirectories(_hidden))
            Directory.Move(queue, Path.Combine(QuorumFolder(), Path.GetFileName(queue)));
    }

    private string QuorumFolder() => Directory.GetDirectories(Path.Combine(folder, "mnesia"))
        .Select(node => Path.Combine(node, "quorum", Path.GetFileName(node)))
        .Single(Directory.Exists);

    private string[] QueueFolders() => Directory.GetDirectories(QuorumFolder());
}
