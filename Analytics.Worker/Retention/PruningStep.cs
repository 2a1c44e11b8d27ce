namespace Switchboard.Analytics.Worker.Retention;

/// <summary>What is deleted of one table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Sql">Deletes what is older than <c>$1</c>, at most <c>$2</c> rows of it.</param>
/// <param name="Limit">The bound: a time, or an id that begins with that time.</param>
internal sealed record PruningStep(string Table, string Sql, object Limit);
