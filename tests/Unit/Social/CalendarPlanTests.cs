using Switchboard.Core.Social;
using Switchboard.Core.Social.Scheduling;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Social.Schedules;

namespace Switchboard.Tests.Unit.Social;

public sealed class CalendarPlanTests
{
    // a Monday
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly Schedule Slots = New("slots") with
    {
        Slots = [new(DayOfWeek.Monday, new(9, 0)), new(DayOfWeek.Tuesday, new(9, 0)), new(DayOfWeek.Wednesday, new(9, 0))],
    };

    [Fact]
    public void Posts_of_a_queue_get_the_next_slots_and_the_rest_is_free()
    {
        var queue = new[] { Queued(), Queued() };

        var items = CalendarPlan.Of(Slots, queue, Now, Now, Now.AddDays(7)).ToList();

        items.Select(item => (item.At, item.Kind, item.PostId)).ShouldBe(
        [
            (Now.AddHours(1), "queued", queue[0].PostId), (Now.AddHours(25), "queued", queue[1].PostId), (Now.AddHours(49), "slot", null),
        ]);
        // the same days, asked for alone
        CalendarPlan.Of(Slots, queue, Now, Now.AddDays(1), Now.AddDays(7)).ShouldBe(items.Skip(1));
        CalendarPlan.Of(Slots, queue, Now, Now.AddDays(2), Now.AddDays(7)).ShouldBe(items.Skip(2));
        CalendarPlan.Of(Slots, queue, Now, Now.AddDays(7), Now.AddDays(8)).Select(item => item.At).ShouldBe([Now.AddDays(7).AddHours(1)]);
    }

    [Fact]
    public void Of_a_queue_no_more_posts_are_needed_than_there_are_slots_until_the_end()
    {
        var queue = Enumerable.Range(0, 20).Select(_ => Queued()).ToList();
        foreach (var (from, to) in ((int, int)[])[(0, 1), (0, 7), (2, 3), (7, 30)])
        {
            var slots = CalendarPlan.SlotsUntil(Slots, Now, Now.AddDays(to));

            CalendarPlan.Of(Slots, [.. queue.Take(slots)], Now, Now.AddDays(from), Now.AddDays(to))
                .ShouldBe(CalendarPlan.Of(Slots, queue, Now, Now.AddDays(from), Now.AddDays(to)));
        }

        CalendarPlan.SlotsUntil(Slots, Now, Now.AddDays(7)).ShouldBe(3);
        CalendarPlan.SlotsUntil(Slots, Now, Now.AddYears(9)).ShouldBe(CalendarPlan.MaxQueued);
    }

    [Fact]
    public void A_page_goes_on_where_the_one_before_it_ended_also_among_things_of_one_time()
    {
        var recurring = New("recurring") with
        {
            Recurrence = new(Now.AddHours(1), 24, RecurrenceUnit.Hours, Count: 5),
            Content = new PostContent { Text = new string('x', 500) },
        };
        var posts = Enumerable.Range(0, 4).Select(day => new CalendarItem(Now.AddHours(1).AddDays(day), "post", Guid.CreateVersion7(Now))).ToList();
        var whole = Merge(null, 100);
        whole.Count.ShouldBe(12);
        whole.ShouldBe(whole.OrderBy(item => item.At).ThenBy(item => item.Key()));
        whole.Where(item => item.Kind == "occurrence").ShouldAllBe(item => item.Text!.Length == CalendarPosts.MaxText);

        var paged = new List<CalendarItem>();
        for (Cursor? after = null; Merge(after, 5) is { Count: > 0 } page; after = new Cursor(page[^1].At, page[^1].Key()))
            paged.AddRange(page);
        paged.ShouldBe(whole);

        List<CalendarItem> Merge(Cursor? after, int take) => CalendarPlan.Merge(
            [
                posts.Where(post => after is not { } cursor || (post.At, post.Key()).CompareTo((cursor.At, cursor.Id)) > 0),
                CalendarPlan.Of(Slots, [], Now, Now, Now.AddDays(6)), CalendarPlan.Of(recurring, [], Now, Now, Now.AddDays(6)),
            ],
            after,
            take);
    }

    private static CalendarItem Queued() => new(default, "queued", Guid.CreateVersion7(), Slots.Id, null, "scheduled", "text");

    private static Schedule New(string name) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), name, "UTC", null, null, null, new(), MissedPolicy.Skip, false, null, 0, null, 1, Now, Now);
}
