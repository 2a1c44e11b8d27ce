using Switchboard.Core.Jobs;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class UnconfirmedPublishesTests
{
    private readonly UnconfirmedPublishes _unconfirmed = new();

    [Fact]
    public void A_batch_is_confirmed_when_each_of_its_messages_is()
    {
        var batch = Add(2);

        _unconfirmed.Confirm(2, multiple: false);
        batch.Answered.IsCompleted.ShouldBeFalse();
        _unconfirmed.Confirm(1, multiple: false);

        batch.Answered.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void One_confirm_may_stand_for_all_before_it()
    {
        var (first, second, third) = (Add(2), Add(1), Add(1));

        _unconfirmed.Confirm(3, multiple: true);

        first.Answered.IsCompletedSuccessfully.ShouldBeTrue();
        second.Answered.IsCompletedSuccessfully.ShouldBeTrue();
        third.Answered.IsCompleted.ShouldBeFalse();
        _unconfirmed.Count.ShouldBe(1);
    }

    [Fact]
    public void What_was_confirmed_by_itself_is_not_counted_again()
    {
        var batch = Add(3);

        _unconfirmed.Confirm(2, multiple: false);
        _unconfirmed.Confirm(2, multiple: true);

        batch.Answered.IsCompleted.ShouldBeFalse();
        _unconfirmed.Confirm(3, multiple: true);
        batch.Answered.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refusal_fails_its_own_batch_only()
    {
        var (refused, other) = (Add(1), Add(1));

        _unconfirmed.Refuse(1, multiple: false);

        await Should.ThrowAsync<BrokerUnavailableException>(refused.Answered);
        other.Answered.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_lost_channel_fails_all_that_wait()
    {
        var batch = Add(2);
        _unconfirmed.Confirm(1, multiple: false);

        _unconfirmed.FailAll(new IOException("gone"));

        (await Should.ThrowAsync<BrokerUnavailableException>(batch.Answered)).Message.ShouldContain("gone");
        _unconfirmed.Count.ShouldBe(0);
    }

    [Fact]
    public async Task What_nobody_waits_for_any_more_is_forgotten_alone()
    {
        var (given, other) = (Add(3), Add(1));
        _unconfirmed.Confirm(1, multiple: false);

        _unconfirmed.Forget(given, new TimeoutException());
        _unconfirmed.Add(given);

        _unconfirmed.Count.ShouldBe(1);
        await Should.ThrowAsync<BrokerUnavailableException>(given.Answered);
        _unconfirmed.Confirm(4, multiple: true);
        other.Answered.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private PublishBatch Add(int messages)
    {
        var batch = new PublishBatch(new OutgoingMessage[messages]);
        for (var i = 0; i < messages; i++)
            _unconfirmed.Add(batch);
        return batch;
    }
}
