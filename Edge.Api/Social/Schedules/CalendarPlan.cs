using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary>What a calendar shows of what is to come. Pure decisions, made as far as they are asked for.</summary>
internal static class CalendarPlan
{
    /// <summary>How many posts of a queue are given their slots: more slots than a calendar of 92 days has of 50 a week.</summary>
    public const int MaxQueued = 700;

    /// <summary>How many slots of a schedule there are until a time: of its queue no more posts are asked for.</summary>
    public static int SlotsUntil(Schedule schedule, DateTimeOffset now, DateTimeOffset to) =>
        schedule.Timetable.After(now).TakeWhile(slot => slot.At < to).Take(MaxQueued).Count();

    /// <summary>What is to come of a schedule within a span, in its order.</summary>
    /// <param name="schedule">The schedule; not a paused one.</param>
    /// <param name="queue">The posts of its queue, in their order.</param>
    /// <param name="now">The time: what is until then has become posts, or did not.</param>
    /// <param name="from">From when on.</param>
    /// <param name="to">Until when.</param>
    public static IEnumerable<CalendarItem> Of(
        Schedule schedule, IReadOnlyList<CalendarItem> queue, DateTimeOffset now, DateTimeOffset from, DateTimeOffset to)
    {
        var last = now;
        foreach (var (slot, post) in schedule.Timetable.After(now).Zip(queue))
        {
            if (slot.At >= to)
                yield break;
            last = slot.At;
            if (slot.At >= from)
                yield return post with { At = slot.At, ScheduleName = schedule.Name, MovedFrom = slot.MovedFrom };
        }

        var kind = schedule.Slots is null ? CalendarKinds.Occurrence : CalendarKinds.Slot;
        var text = schedule.Content is { } content ? StorableText.Cut(content.Text, CalendarPosts.MaxText) : null;
        foreach (var occurrence in schedule.Timetable.After(from > last ? from.AddTicks(-1) : last))
        {
            if (occurrence.At >= to)
                yield break;
            if (occurrence.At > last)
                yield return new(
                    occurrence.At, kind, ScheduleId: schedule.Id, ScheduleName: schedule.Name, Text: text, MovedFrom: occurrence.MovedFrom);
        }
    }

    /// <summary>The earliest of several lists, each of which is in its order.</summary>
    /// <param name="lists">The lists.</param>
    /// <param name="after">Those after this one; null from the first.</param>
    /// <param name="take">How many.</param>
    public static List<CalendarItem> Merge(IEnumerable<IEnumerable<CalendarItem>> lists, Cursor? after, int take)
    {
        var heads = new PriorityQueue<IEnumerator<CalendarItem>, (DateTimeOffset At, Guid Key)>();
        var items = new List<CalendarItem>(take);
        foreach (var list in lists)
            Push(list.GetEnumerator());
        while (items.Count < take && heads.TryDequeue(out var head, out var place))
        {
            if (after is not { } cursor || place.CompareTo((cursor.At, cursor.Id)) > 0)
                items.Add(head.Current);
            Push(head);
        }

        return items;

        void Push(IEnumerator<CalendarItem> list)
        {
            if (list.MoveNext())
                heads.Enqueue(list, (list.Current.At, list.Current.Key()));
        }
    }
}

/// <summary>What a calendar shows of posts: they may be a moment behind.</summary>
internal sealed class CalendarPosts(ReadDatabase database)
{
    /// <summary>How much of a text is shown.</summary>
    public const int MaxText = 140;

    // by idx_social_posts_user_scheduled (0036_social_posts.sql)
    internal const string ListSql =
        """
        SELECT scheduled_at, id, schedule_id, state, left(content ->> 'text', 140)
        FROM social_posts
        WHERE user_id = $1 AND scheduled_at >= $2 AND scheduled_at < $3 AND state NOT IN ('draft', 'cancelled')
            AND ($4::timestamptz IS NULL OR (scheduled_at, id) > ($4, $5))
        ORDER BY scheduled_at, id
        LIMIT $6
        """;

    /// <summary>The posts that have a time within a span, the earliest first.</summary>
    public Task<List<CalendarItem>> ListAsync(
        Guid userId, DateTimeOffset from, DateTimeOffset to, Cursor? after, int take, CancellationToken cancellationToken) =>
        database.ReadAsync(
            userId,
            source => source.Command(ListSql, userId, from, to, after?.At, after?.Id, take).ListAsync(
                row => new CalendarItem(
                    row.GetFieldValue<DateTimeOffset>(0), CalendarKinds.Post, row.GetGuid(1), row.Nullable<Guid>(2), null, row.GetString(3),
                    row.Text(4)),
                cancellationToken),
            cancellationToken);

    // by idx_social_posts_queue, of each schedule the first
    internal const string QueuedSql =
        """
        SELECT s.id, q.id, q.state, q.text
        FROM unnest($2::uuid[], $3::int[]) AS s (id, slots) CROSS JOIN LATERAL (
            SELECT p.id, p.state, left(p.content ->> 'text', 140) AS text, p.queue_position FROM social_posts AS p
            WHERE p.user_id = $1 AND p.schedule_id = s.id AND p.queue_position IS NOT NULL
            ORDER BY p.queue_position LIMIT s.slots) AS q
        ORDER BY s.id, q.queue_position
        """;

    // by UNIQUE (schedule_id, occurrence_at)
    internal const string MadeSql =
        """
        SELECT s.id, p.occurrence_at
        FROM unnest($2::uuid[]) AS s (id) CROSS JOIN LATERAL (
            SELECT max(occurrence_at) AS occurrence_at FROM social_posts
            WHERE user_id = $1 AND schedule_id = s.id AND occurrence_at > $3) AS p
        WHERE p.occurrence_at IS NOT NULL
        """;

    /// <summary>Until when occurrences to come have their posts, by their schedules: what has media is made a little ahead.</summary>
    public async Task<Dictionary<Guid, DateTimeOffset>> MadeUntilAsync(
        Guid userId, Guid[] schedules, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            userId,
            source => source.Command(MadeSql, userId, schedules, now).ListAsync(
                row => (Id: row.GetGuid(0), At: row.GetFieldValue<DateTimeOffset>(1)), cancellationToken),
            cancellationToken)).ToDictionary(schedule => schedule.Id, schedule => schedule.At);

    /// <summary>The posts of queues in their order, by their schedules.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="schedules">The schedules, and how many posts of the queue of each there are slots for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ILookup<Guid, CalendarItem>> QueuedAsync(
        Guid userId, IReadOnlyCollection<(Guid Id, int Slots)> schedules, CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            userId,
            source => source.Command(
                QueuedSql, userId, schedules.Select(one => one.Id).ToArray(), schedules.Select(one => one.Slots).ToArray()).ListAsync(
                row => new CalendarItem(
                    default, CalendarKinds.Queued, row.GetGuid(1), row.GetGuid(0), null, row.GetString(2), row.Text(3)),
                cancellationToken),
            cancellationToken)).ToLookup(post => post.ScheduleId!.Value);
}
