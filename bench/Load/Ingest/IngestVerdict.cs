namespace Switchboard.Load.Ingest;

/// <summary>How the tracked mails compare to those that were sent.</summary>
internal sealed class IngestVerdict
{
    private const int MostExamples = 10;

    /// <summary>Sent mails that are not tracked.</summary>
    public long Lost { get; set; }

    /// <summary>Tracked mails beyond the first for the same sent mail.</summary>
    public long Duplicated { get; set; }

    /// <summary>Tracked mails of which something else is said than what is true.</summary>
    public long Wrong { get; set; }

    /// <summary>Some of what is wrong, for the one who reads it.</summary>
    public List<string> Examples { get; } = [];

    public void Say(string example)
    {
        if (Examples.Count < MostExamples)
        {
            Examples.Add(example);
        }
    }
}
