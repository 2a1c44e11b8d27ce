namespace Switchboard.Workers.Ingest;

/// <summary>
/// A batch in parts that are matched and committed one after the other. Of each user a part has no more than a share: who gets many long
/// messages waits for them alone, and the others of the batch are done with the first part.
/// </summary>
/// <param name="Size">How much of one user a part has, in characters.</param>
/// <param name="Least">What a message counts at least: a short one has its rows and its look-ups too.</param>
internal sealed record FairParts(long Size, int Least = 0)
{
    /// <summary>The parts; one where all is of one user, who has nobody to wait for.</summary>
    /// <param name="messages">The batch.</param>
    /// <param name="userOf">Whose a message is.</param>
    /// <param name="lengthOf">How many characters of it are looked at.</param>
    public IEnumerable<IReadOnlyList<T>> Split<T>(IReadOnlyCollection<T> messages, Func<T, Guid> userOf, Func<T, int> lengthOf)
    {
        if (messages.Count > 0 && messages.DistinctBy(userOf).Take(2).Count() == 1)
            return [[.. messages]];
        var taken = new Dictionary<Guid, long>();
        return messages.GroupBy(message =>
        {
            var before = taken.GetValueOrDefault(userOf(message));
            taken[userOf(message)] = before + Math.Max(Least, lengthOf(message));
            return before / Size;
        }).OrderBy(part => part.Key).Select(part => part.ToList());
    }
}
