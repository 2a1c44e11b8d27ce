using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Templates;

namespace Switchboard.Tests.Unit.Notifications.Templates;

public sealed class TemplateRendererTests
{
    private readonly TemplateRenderer _renderer = new(new FakeTimeProvider(new(2026, 11, 29, 23, 30, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("sms", "de-AT", "sms at")]
    [InlineData("sms", "de-DE", "sms de")]
    [InlineData("sms", "fr", "sms")]
    [InlineData("sms", null, "sms")]
    [InlineData("push", "de-AT", "any at")]
    [InlineData("push", "de", "any de")]
    [InlineData("push", "fr-FR", "any")]
    public void The_language_falls_back_to_its_base_and_the_default_and_the_channel_to_all_channels(
        string channel, string? locale, string text) =>
        Text(
            new()
            {
                Key = "a",
                Version = 1,
                Variants =
                [
                    new() { Text = "any" }, new() { Text = "any de", Locale = "de" }, new() { Text = "any at", Locale = "de-AT" },
                    new() { Text = "sms", Channel = "sms" }, new() { Text = "sms de", Channel = "sms", Locale = "de" },
                    new() { Text = "sms at", Channel = "sms", Locale = "de-AT" },
                ],
            },
            channel, locale).ShouldBe(text);

    [Fact]
    public void A_channel_without_a_variant_has_nothing() =>
        Failure(Of(new() { Channel = "sms", Text = "x" }), "email").ShouldBe(
            "The template 'a' has nothing for the channel email in this language.");

    [Fact]
    public void Html_is_encoded_and_text_is_not()
    {
        var template = Of(new() { Subject = "{{ name }}\n!", Text = "{{ name }}", Html = "<p>{{ name }}</p>{{ names }}{{ name | raw }}" });

        var mail = Rendered(template, "email", new { name = "<b>Zoë</b> & 😀", names = new[] { "<i>" } });

        mail.Text.ShouldBe("<b>Zoë</b> & 😀");
        mail.Content!.Subject.ShouldBe("<b>Zoë</b> & 😀 !");
        mail.Content.Html.ShouldBe("<p>&lt;b&gt;Zoë&lt;/b&gt; &amp; &#x1F600;</p>&lt;i&gt;<b>Zoë</b> & 😀");
    }

    [Fact]
    public void A_mail_without_a_text_gets_that_of_its_html_and_other_channels_do_too()
    {
        var template = Of(new() { Html = "<h1>Hi {{ name }}</h1><p><a href=\"https://a.test/{{ name }}\">Confirm</a></p>" });
        const string text = "Hi A&B\n\nConfirm (https://a.test/A&B)";

        var mail = Rendered(template, "email", new { name = "A&B" });

        mail.Text.ShouldBe(text);
        mail.Content!.Html.ShouldBe("<h1>Hi A&amp;B</h1><p><a href=\"https://a.test/A&amp;B\">Confirm</a></p>");
        Rendered(template, "sms", new { name = "A&B" }).ShouldBe(new(text, null));
    }

    [Fact]
    public void A_layout_is_around_what_it_is_given()
    {
        var template = Of(new() { Text = "Hi {{ name }}", Html = "<p>{{ name }}</p>" }) with
        {
            LayoutKey = "frame",
            Layout = Of(new() { Html = "<html>{{ content }}<hr>{{ name }}</html>", Text = "{{ content }}\n-- \nAcme" }),
        };

        var mail = Rendered(template, "email", new { name = "<A>" });

        mail.Text.ShouldBe("Hi <A>\n-- \nAcme");
        mail.Content!.Html.ShouldBe("<html><p>&lt;A&gt;</p><hr>&lt;A&gt;</html>");
    }

    [Fact]
    public void A_layout_that_is_not_published_is_said() =>
        Failure(Of(new() { Text = "x" }) with { LayoutKey = "frame" }, "sms")
            .ShouldBe("The layout 'frame' of the template 'a' is not published.");

    [Fact]
    public void WhatsApp_sends_an_approved_template_with_its_parameters_and_others_the_text()
    {
        var template = Of(new()
        {
            Text = "Hi {{ name }}",
            WhatsApp = new("order", "en_US", ["{{ name }}", "{{ lines }}"]),
        });
        var data = new { name = "Ann", lines = "two\n lines " + new string('x', 2_000) };

        var message = Rendered(template, "whatsapp", data);

        message.Text.ShouldBe("Hi Ann");
        message.Content!.Template!.Name.ShouldBe("order");
        message.Content.Template.Parameters[0].ShouldBe("Ann");
        message.Content.Template.Parameters[1].ShouldStartWith("two lines xxx");
        message.Content.Template.Parameters[1].Length.ShouldBe(1_024);
        Rendered(template, "sms", data).ShouldBe(new("Hi Ann", null));
    }

    [Fact]
    public void WhatsApp_is_not_asked_to_send_an_empty_parameter() =>
        Failure(Of(new() { WhatsApp = new("order", "en_US", ["{{ nothing }}"]) }), "whatsapp")
            .ShouldBe("whatsapp.parameters[0] renders to nothing.");

    [Fact]
    public void Now_is_that_of_the_recipient_and_other_times_can_be() =>
        Rendered(
            Of(new() { Text = "{{ 'now' | date: '%Y-%m-%d %H:%M' }} {{ at | time_zone: recipient.time_zone | date: '%H:%M' }}" }), "sms",
            new { recipient = new { time_zone = "Europe/Vienna" }, at = "2026-07-01T10:00:00Z" })
            .Text.ShouldBe("2026-11-30 00:30 12:00");

    [Theory]
    [InlineData("{% if missing %}x{% endif %}")]
    [InlineData("\u200b \n")]
    public void What_nobody_could_read_is_not_sent(string source) =>
        Failure(Of(new() { Text = source }), "sms").ShouldBe("It renders to nothing that a person could read.");

    [Fact]
    public void A_trial_says_what_was_cut_and_what_the_data_lack()
    {
        var trial = _renderer.Try(
            Of(new() { Text = "{{ name }} {{ other.name }} {{ long }}" }), Channels.SmsChannel, null,
            JsonSerializer.SerializeToElement(new { @long = new string('x', 2_000) }));

        trial.UndefinedNames.ShouldBe(["name", "other"]);
        trial.Length.ShouldBe(new MessageLength(2_000, 1_600, LengthUnit.SmsCharacters, 14));
        ((RenderResult.Rendered)trial.Result).Text.Length.ShouldBe(1_600);
    }

    [Fact]
    public void A_digest_goes_through_its_events() =>
        Rendered(
            Of(new()
            {
                Text = "{{ count }} new:{% for i in items %} {{ forloop.index }}. {{ i.title }}{% unless forloop.last %},{% endunless %}{% endfor %}",
            }),
            "inbox", new { count = 2, items = new[] { new { title = "One" }, new { title = "Two" } } })
            .Text.ShouldBe("2 new: 1. One, 2. Two");

    [Theory]
    [InlineData("a\n {{ b | nope }}", 2, 7, "There is no filter 'nope'.")]
    [InlineData("a\n{% for i in (1..99999) %}{% endfor %}", 2, 15, "A range has at most 10000 numbers.")]
    [InlineData("{% if a %}\n{{ a }}", 2, 8, "'{% endif %}' was expected")]
    [InlineData("\n\n{% nope %}", 3, 8, "Unknown tag 'nope'.")]
    [InlineData("{{ a b }}", 1, 5, "End of tag '}}' was expected")]
    public void What_is_wrong_in_a_source_is_said_with_its_place(string source, int line, int column, string message) =>
        TemplateRenderer.ErrorIn(source).ShouldBe(new SourceError(message, line, column));

    [Theory]
    [InlineData("plain text")]
    [InlineData("")]
    [InlineData("{%- if a == 'b' and c contains 'd' -%}{{ a | default: 'x' | escape }}{%- else -%}{% raw %}{{ x }}{% endraw %}{% endif %}")]
    [InlineData("{% case a %}{% when 1, 2 %}x{% else %}y{% endcase %}{% cycle 'a', 'b' %}{% increment n %}{% comment %}{{{% endcomment %}")]
    [InlineData("{% for i in items limit: 2 offset: continue reversed %}{{ i[0].b | date: '%Y' }}{% else %}none{% endfor %}")]
    [InlineData("{% tablerow i in (1..n) cols: 2 %}{{ i }}{% endtablerow %}")]
    public void What_liquid_has_is_right(string source) => TemplateRenderer.ErrorIn(source).ShouldBeNull();

    [Fact]
    public void A_source_is_compiled_once()
    {
        var template = Of(new() { Text = "{{ name }}" });

        Rendered(template, "sms", new { name = "a" });
        Rendered(template with { Layout = null }, "sms", new { name = "b" });

        template.Compiled.ShouldHaveSingleItem();
    }

    private static PublishedTemplate Of(TemplateVariant variant) => new() { Key = "a", Version = 1, Variants = [variant] };

    private string Text(PublishedTemplate template, string channel, string? locale) =>
        _renderer.Render(template, Channels.Find(channel)!, locale, default).ShouldBeOfType<RenderResult.Rendered>().Text;

    private RenderResult.Rendered Rendered(PublishedTemplate template, string channel, object data) =>
        _renderer.Render(template, Channels.Find(channel)!, null, JsonSerializer.SerializeToElement(data))
            .ShouldBeOfType<RenderResult.Rendered>();

    private string Failure(PublishedTemplate template, string channel) =>
        _renderer.Render(template, Channels.Find(channel)!, null, default).ShouldBeOfType<RenderResult.Failed>().Error;
}
