using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Tests.Unit.Jobs;

/// <summary>The records of the product, through a message and back.</summary>
public sealed class JobRecordsTests
{
    [Fact]
    public void A_poll_names_no_history_id() =>
        Back(new SyncMailbox(Guid.CreateVersion7(), "demo@example.com", null)).HistoryId.ShouldBeNull();

    [Fact]
    public void A_status_may_name_only_the_providers_id()
    {
        var update = new DeliveryStatusUpdate("wamid.1", null, DeliveryStatus.Sent, DateTimeOffset.UnixEpoch);

        Back(new ApplyDeliveryStatuses(Guid.CreateVersion7(), [update])).Updates.ShouldBe([update]);
    }

    [Fact]
    public void A_mail_keeps_every_letter_and_need_not_say_everything()
    {
        var mail = new InboundMail("m1", "a@b.test", "c@d.test", "null \0 and 🧾", "", DateTimeOffset.UnixEpoch);

        Back(new ProcessEmail(Guid.CreateVersion7(), Guid.CreateVersion7(), mail, DateTimeOffset.UnixEpoch)).Mail.ShouldBe(mail);
    }

    private static TJob Back<TJob>(TJob job)
        where TJob : IJob
    {
        var codec = JobCodec.Of(job);
        return (TJob)codec.Decode(codec.Encode(job));
    }
}
