using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>A row of figures as the database counts them; which of its members say something depends on the part.</summary>
/// <param name="Part">summary, bucket, slot (an hour of the week) or domain.</param>
/// <param name="At">When a bucket begins.</param>
/// <param name="Slot">Which hour of the week.</param>
/// <param name="Domain">Which domain.</param>
/// <param name="Sent">Mails that were sent.</param>
/// <param name="Responded">… that a person has answered.</param>
/// <param name="AutoReplied">… that were answered automatically.</param>
/// <param name="Bounced">… that came back.</param>
/// <param name="Expired">… that nobody answered in time.</param>
/// <param name="Stopped">… that are not followed any more.</param>
/// <param name="Active">… that are waited for.</param>
/// <param name="Median">Half of the answers came within so many seconds.</param>
/// <param name="P90">Nine of ten did.</param>
internal sealed record StatsRow(
    string Part, DateTimeOffset? At, int? Slot, string? Domain, long Sent, long Responded, long AutoReplied, long Bounced, long Expired,
    long Stopped, long Active, double? Median, double? P90)
{
    public const string Summary = "summary";
    public const string Bucket = "bucket";
    public const string HourOfWeek = "slot";
    public const string RecipientDomain = "domain";

    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "part, at, slot, domain, sent, responded, auto_replied, bounced, expired, stopped, active, median_seconds, p90_seconds";

    /// <summary>How many parts of all that were sent a person has answered; 0 of none.</summary>
    public double ResponseRate => Sent == 0 ? 0 : (double)Responded / Sent;

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static StatsRow Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.Nullable<DateTimeOffset>(1),
        row.Nullable<int>(2),
        row.Text(3),
        row.GetInt64(4),
        row.GetInt64(5),
        row.Nullable<long>(6) ?? 0,
        row.Nullable<long>(7) ?? 0,
        row.Nullable<long>(8) ?? 0,
        row.Nullable<long>(9) ?? 0,
        row.Nullable<long>(10) ?? 0,
        row.Nullable<double>(11),
        row.Nullable<double>(12));
}
