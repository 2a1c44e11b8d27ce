namespace Switchboard.Workers.Ingest.Sms.Entities;

/// <summary>What was found of one sort. Not for use by several threads at once.</summary>
internal sealed class Findings<T>
{
    /// <summary>The most that is reported.</summary>
    public const int Max = 50;

    private List<(int At, T Found)>? _found;

    public bool IsEmpty => _found is null;

    public void Add(int at, T found) => (_found ??= []).Add((at, found));

    /// <summary>Each thing once, the first of them, in the order of the text.</summary>
    public IReadOnlyList<T> InOrder() =>
        _found is null ? [] : [.. _found.OrderBy(item => item.At).Select(item => item.Found).Distinct().Take(Max)];
}
