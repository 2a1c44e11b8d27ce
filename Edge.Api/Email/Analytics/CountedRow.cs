using Npgsql;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>A row of figures, and beside each of them when all were counted and when the views were made.</summary>
internal sealed record CountedRow(StatsRow Row, DateTimeOffset AsOf, DateTimeOffset ViewsRefreshedAt)
{
    private const int Width = 13;

    /// <summary>Reads <see cref="StatsRow.Columns"/> and the two times.</summary>
    public static CountedRow Read(NpgsqlDataReader row) =>
        new(StatsRow.Read(row), row.GetFieldValue<DateTimeOffset>(Width), row.GetFieldValue<DateTimeOffset>(Width + 1));

    /// <summary>All rows of an answer; there is always the summary.</summary>
    public static StatsSet Together(IReadOnlyList<CountedRow> rows, bool useViews) => StatsSet.Of(
        [.. rows.Select(counted => counted.Row)], rows[0].AsOf, useViews ? StatsSet.Views : StatsSet.Tables, rows[0].ViewsRefreshedAt);
}
