namespace Switchboard.Edge.Api.Rules;

/// <summary>The entries of a condition as they are stored and looked for.</summary>
internal static class Phrases
{
    /// <summary>Lower case, without white space around it: matching ignores case, and so does the search for rules by an entry.</summary>
    public static string Normal(string entry) => entry.Trim().ToLowerInvariant();

    /// <summary>The same for a list, each entry once.</summary>
    public static IReadOnlyList<string> Normal(IReadOnlyList<string?>? entries, Func<string, string>? also = null) =>
        entries is null ? [] : [.. entries.Select(entry => Normal(entry!)).Select(also ?? (entry => entry)).Distinct(StringComparer.Ordinal)];
}
