namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>What there is to do about an account of which notifications tell.</summary>
/// <param name="Messages">The mails that were added, each once.</param>
/// <param name="Events">What became of its subscription, each kind once.</param>
/// <param name="Jobs">The numbers of the jobs that wait for it.</param>
internal sealed record AccountChanges(IReadOnlyList<string> Messages, IReadOnlyList<string> Events, IReadOnlyList<int> Jobs);
