using Switchboard.Core.Notifications;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class DeliveryStatusesTests
{
    private static readonly DeliveryStatus[] All = Enum.GetValues<DeliveryStatus>();

    [Fact]
    public void The_order_in_sql_is_the_order_in_code() =>
        DeliveryStatuses.SqlOrder.ShouldBe(
            $"'{{{string.Join(',', All.OrderBy(DeliveryStatuses.Rank).Select(DeliveryStatuses.Name))}}}'::text[]");

    [Fact]
    public void Ranks_count_from_one_without_a_gap_as_positions_in_an_array_do() =>
        All.Select(DeliveryStatuses.Rank).Order().ShouldBe(Enumerable.Range(1, All.Length));

    [Fact]
    public void Every_name_is_read_again_and_nothing_else_is()
    {
        foreach (var status in All)
            DeliveryStatuses.Parse(DeliveryStatuses.Name(status)).ShouldBe(status);
        DeliveryStatuses.TryParse("Sent", out _).ShouldBeFalse();
        DeliveryStatuses.TryParse(null, out _).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => DeliveryStatuses.Parse("lost"));
    }

    [Fact]
    public void Whatever_the_order_of_callbacks_the_end_is_the_same()
    {
        DeliveryStatus[] callbacks = [DeliveryStatus.Sent, DeliveryStatus.Delivered, DeliveryStatus.Read, DeliveryStatus.Failed];
        foreach (var order in Permutations(callbacks))
            order.Aggregate(DeliveryStatus.Sending, (now, next) => DeliveryStatuses.CanMove(now, next) ? next : now)
                .ShouldBe(DeliveryStatus.Read, string.Join(", ", order));
    }

    [Fact]
    public void A_state_never_moves_back_nor_to_itself()
    {
        foreach (var from in All)
            foreach (var to in All.Where(to => DeliveryStatuses.CanMove(from, to)))
                DeliveryStatuses.CanMove(to, from).ShouldBeFalse($"{from}, {to}");
        All.ShouldAllBe(status => !DeliveryStatuses.CanMove(status, status));
    }

    [Fact]
    public void Only_what_is_pending_is_cancelled_and_what_is_cancelled_stays_so()
    {
        All.Where(from => DeliveryStatuses.CanMove(from, DeliveryStatus.Cancelled)).ShouldBe([DeliveryStatus.Pending]);
        All.ShouldAllBe(to => !DeliveryStatuses.CanMove(DeliveryStatus.Cancelled, to));
    }

    private static IEnumerable<DeliveryStatus[]> Permutations(DeliveryStatus[] items) =>
        items.Length == 0
            ? [[]]
            : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => (DeliveryStatus[])[first, .. rest]));
}
