using System.Text;
using MimeKit;
using Switchboard.Core.Email;
using Switchboard.Core.Notifications;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Email;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>The mail that a notification becomes, read back as it goes over the wire.</summary>
public sealed class EmailMessageTests
{
    private static readonly Guid Id = Guid.Parse("0192f0c1-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset CreatedAt = new(2026, 11, 29, 10, 30, 0, TimeSpan.Zero);

    private readonly SmtpOptions _options = new() { Host = "mail.test", From = "hello@example.com", FromName = "Switchboard" };

    [Fact]
    public void Each_time_it_is_made_it_has_the_same_id_and_date_and_says_that_a_program_sent_it()
    {
        foreach (var mail in new[] { Make("Hello"), Make("Hello") })
        {
            mail.MessageId.ShouldBe($"{Id}@example.com");
            mail.Date.ShouldBe(CreatedAt);
            mail.From.ToString().ShouldBe("\"Switchboard\" <hello@example.com>");
            mail.To.ToString().ShouldBe("ann@contoso.test");
            mail.Headers["Auto-Submitted"].ShouldBe("auto-generated");
            mail.Headers[NotificationMail.IdHeader].ShouldBe($"{Id}");
            mail.Headers[HeaderId.ListUnsubscribe].ShouldBeNull();
        }

        _options.MessageIdDomain = "mail.example.org";
        _options.ReplyTo = "help@example.com";
        Make("Hello").MessageId.ShouldBe($"{Id}@mail.example.org");
        Make("Hello").ReplyTo.ToString().ShouldBe("help@example.com");
    }

    [Fact]
    public void Text_and_html_are_alternatives_in_utf_8_and_a_plain_text_is_alone()
    {
        var plain = Make("Grüße 👋\r\nDie Rechnung");
        plain.Body!.ContentType.MimeType.ShouldBe("text/plain");
        plain.Body!.ContentType.Charset.ShouldBe("utf-8");
        plain.TextBody!.ReplaceLineEndings("\n").TrimEnd().ShouldBe("Grüße 👋\nDie Rechnung");
        plain.Subject.ShouldBe("Grüße 👋");

        var both = Make("Grüße", new() { Subject = "Ihre Rechnung – März", Html = "<p>Grüße</p>" });
        both.Body!.ContentType.MimeType.ShouldBe("multipart/alternative");
        ((Multipart)both.Body!).Select(part => part.ContentType.MimeType).ShouldBe(["text/plain", "text/html"]);
        both.HtmlBody!.Trim().ShouldBe("<p>Grüße</p>");
        both.Subject.ShouldBe("Ihre Rechnung – März");
    }

    [Fact]
    public void Who_may_unsubscribe_is_told_how_by_one_click()
    {
        var url = $"https://switchboard.test/unsubscribe?token={new string('x', 300)}";

        var mail = Make("Hello", new() { UnsubscribeUrl = url });

        mail.Headers[HeaderId.ListUnsubscribe].ShouldBe($"<{url}>");
        mail.Headers["List-Unsubscribe-Post"].ShouldBe("List-Unsubscribe=One-Click");
        Make("Hello", new() { UnsubscribeUrl = "javascript:alert(1)" }).Headers[HeaderId.ListUnsubscribe].ShouldBeNull();
    }

    [Theory]
    [InlineData("Hi\r\nBcc: eve@evil.test")]
    [InlineData("Hi\nBcc: eve@evil.test\n\n<b>body</b>")]
    [InlineData("Hi\rBcc: eve@evil.test")]
    [InlineData("Hi\0\u0085\u2028Bcc: eve@evil.test")]
    public void Nothing_in_a_notification_becomes_a_header(string text)
    {
        var attachment = new MimePart("text", "plain")
        {
            Content = new MimeContent(new MemoryStream("x"u8.ToArray())),
            FileName = AttachmentDownload.NameOf(new($"{text}\".txt", "https://x.test")),
        };
        _options.FromName = text;

        var mail = Make(text, new() { Subject = text, Html = text, UnsubscribeUrl = $"https://x.test/{text}", Category = text }, attachment);

        mail.Headers["Bcc"].ShouldBeNull();
        mail.Headers.Select(header => header.Field).Order().ShouldBe(
            [
                "Auto-Submitted", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Message-Id",
                "Subject", "To", NotificationMail.IdHeader,
            ], ignoreOrder: true);
        mail.Subject!.ShouldContain("Bcc: eve@evil.test");
        mail.From.Mailboxes.ShouldHaveSingleItem().Address.ShouldBe("hello@example.com");
        mail.Attachments.ShouldHaveSingleItem().Headers["Bcc"].ShouldBeNull();
    }

    [Fact]
    public void What_cannot_be_delivered_comes_back_with_the_notification_in_its_address()
    {
        var maker = new EmailMessage(_options);
        maker.Sender(Id).Address.ShouldBe("hello@example.com");

        _options.BounceAddress = "bounce@example.com";
        var sender = maker.Sender(Id).Address;

        sender.ShouldBe($"bounce+{Id:N}@example.com");
        NotificationMail.IdIn(sender).ShouldBe(Id);
        NotificationMail.IdIn($" <{Id}@example.com>").ShouldBe(Id);
        NotificationMail.IdIn($"{Id}").ShouldBe(Id);
        NotificationMail.IdIn("<CAF0192f0c1@mail.gmail.com>").ShouldBeNull();
        NotificationMail.IdIn($"<x{Id}@example.com>").ShouldBeNull();
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\temp\\Rechnung März.pdf", "Rechnung März.pdf")]
    [InlineData("a\r\nb.pdf", "a b.pdf")]
    [InlineData("/", "attachment")]
    public void A_file_has_a_name_without_a_path(string name, string expected) =>
        AttachmentDownload.NameOf(new(name, "https://x.test")).ShouldBe(expected);

    [Theory]
    [InlineData("5.1.1", true)]
    [InlineData("5.1.1 (bad mailbox)", true)]
    [InlineData("5.2.2", false)]
    [InlineData("5.7.1", false)]
    [InlineData("4.1.1", false)]
    [InlineData("10.5.1.1", null)]
    [InlineData("5.1.1.2", null)]
    [InlineData("No such user (5.1.1)", null)]
    public void A_status_is_read_at_the_beginning(string text, bool? isDead) =>
        (EnhancedStatus.Find(text)?.SaysAddressIsDead).ShouldBe(isDead);

    private MimeMessage Make(string body, NotificationContent? content = null, params MimePart[] attachments)
    {
        var recipient = new MailboxAddress("", "ann@contoso.test");
        using var made = new EmailMessage(_options)
            .Make(new ChannelMessage(Id, Guid.Empty, recipient.Address, body, CreatedAt, content), recipient, attachments);
        made.Prepare(EncodingConstraint.SevenBit);
        using var wire = new MemoryStream();
        made.WriteTo(wire);
        Encoding.ASCII.GetString(wire.ToArray()).Split('\n').ShouldAllBe(line => line.Length <= 999);
        wire.Position = 0;
        return MimeMessage.Load(wire);
    }
}
