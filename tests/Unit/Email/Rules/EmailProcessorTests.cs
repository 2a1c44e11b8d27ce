using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Rules;
using Switchboard.Tests.Unit.Rules;
using Switchboard.Workers.Ingest.Email.Rules;

namespace Switchboard.Tests.Unit.Email.Rules;

public sealed class EmailProcessorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Dictionary<Guid, CompiledRules> Rules = new()
    {
        [Ann] = new([Some.Rule(content: Some.Content(anyOf: ["invoice"]), name: "Invoices")]),
    };

    [Fact]
    public void The_same_mail_twice_in_a_batch_is_one()
    {
        var matched = EmailProcessor.Match([Incoming("m1"), Incoming("m1"), Incoming("m2"), Incoming("m1", source: "mailbox:1")], Rules, Now);

        matched.Select(mail => (mail.Incoming.Source, mail.Incoming.Key))
            .ShouldBe([("mailbox:1", "m1"), ($"user:{Ann}", "m1"), ($"user:{Ann}", "m2")]);
    }

    [Fact]
    public void Mail_of_a_user_that_there_is_not_is_left_out() =>
        EmailProcessor.Match([Incoming("m1") with { UserId = Guid.CreateVersion7() }], Rules, Now).ShouldBeEmpty();

    [Fact]
    public void A_match_becomes_a_notification_that_knows_its_mail_and_rule()
    {
        var mail = EmailProcessor.Match([Incoming("m1")], Rules, Now).ShouldHaveSingleItem();

        var notification = mail.Notifications().ShouldHaveSingleItem();

        (notification.UserId, notification.Source, notification.RuleId, notification.Priority)
            .ShouldBe((Ann, new("email", mail.Id), mail.Rules[0].Id, JobPriority.High));
        notification.DedupKey.ShouldBe($"email:{mail.Id}/{mail.Rules[0].Id}");
        notification.Body.ShouldBe("Mail from billing@acme.test: Invoice 42\nPlease pay");
    }

    [Fact]
    public void A_mail_that_meets_no_rule_is_taken_without_a_notification() =>
        EmailProcessor.Match([Incoming("m1", subject: "hello")], Rules, Now).ShouldHaveSingleItem().Notifications().ShouldBeEmpty();

    [Fact]
    public void An_endless_message_id_fits_the_index_and_still_tells_mails_apart()
    {
        var one = Incoming(new string('x', 100_000) + "1");
        var other = Incoming(new string('x', 100_000) + "2");

        one.Key.Length.ShouldBeLessThan(100);
        one.Key.ShouldNotBe(other.Key);
        one.Key.ShouldBe(Incoming(new string('x', 100_000) + "1").Key);
        Incoming("<short@acme.test>").Key.ShouldBe("<short@acme.test>");
    }

    [Fact]
    public void Who_gets_many_long_mails_waits_for_them_alone()
    {
        var (bob, text) = (Guid.CreateVersion7(), new string('x', 10 * ReceivedMessage.MaxText));
        IncomingMail[] batch =
        [
            .. Enumerable.Range(0, 20).Select(number => Incoming($"long {number}") with { Message = Some.Mail(text: text) }),
            .. Enumerable.Range(0, 20).Select(number => Incoming($"short {number}") with { UserId = bob }),
        ];

        var shares = EmailProcessor.Shares(batch).ToList();

        shares.Select(share => share.Count(mail => mail.UserId == Ann)).ShouldBe([8, 8, 4]);
        shares.Select(share => share.Count(mail => mail.UserId == bob)).ShouldBe([20, 0, 0]);
        shares.SelectMany(share => share).Where(mail => mail.UserId == Ann).Select(mail => mail.MessageId)
            .ShouldBe(Enumerable.Range(0, 20).Select(number => $"long {number}"));
        EmailProcessor.Shares([]).ShouldBeEmpty();
    }

    private static IncomingMail Incoming(string messageId, string subject = "Invoice 42", string? source = null)
    {
        var mail = new InboundMail(messageId, "billing@acme.test", "demo@example.com", subject, "Please pay", Some.Monday);
        return new(Ann, source ?? IncomingMail.OfUser(Ann), messageId, ReceivedMessage.Mail(mail), Some.Monday, null);
    }
}
