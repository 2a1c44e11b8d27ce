using System.Diagnostics;
using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Sms.Entities;

namespace Switchboard.Tests.Unit.Sms.Entities;

public sealed class TextEntityFinderTests
{
    private const string American = "+16502530000";
    private const string German = "+493012345678";

    // a Thursday
    private static readonly DateTimeOffset Thursday = new(2026, 3, 12, 22, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("see https://acme.test/a?b=c&d=1#e.", "https://acme.test/a?b=c&d=1#e")]
    [InlineData("HTTP://Acme.test, please", "HTTP://Acme.test")]
    [InlineData("(www.acme.test)", "www.acme.test")]
    [InlineData("(see https://en.acme.test/wiki/Foo_(bar))", "https://en.acme.test/wiki/Foo_(bar)")]
    [InlineData("https://acme.test/a_(b)_(c)!!!", "https://acme.test/a_(b)_(c)")]
    [InlineData("[https://acme.test/[1]]", "https://acme.test/[1]")]
    [InlineData("<https://acme.test/x> and \"https://acme.test/y\"", "https://acme.test/x", "https://acme.test/y")]
    [InlineData("https://acme.test/1 https://acme.test/2 https://acme.test/1", "https://acme.test/1", "https://acme.test/2")]
    [InlineData("http://localhost:8080/x", "http://localhost:8080/x")]
    [InlineData("请看https://acme.test/路径。谢谢", "https://acme.test/路径")]
    [InlineData("请看https://acme.test谢谢", "https://acme.test")]
    [InlineData("https://例え.jp/ようこそ、", "https://例え.jp/ようこそ")]
    [InlineData("الرابط https://acme.test/مرحبا، شكرا", "https://acme.test/مرحبا")]
    [InlineData("\u202Bhttps://acme.test/x\u202C", "https://acme.test/x")]
    [InlineData("🎉https://acme.test/x🎉", "https://acme.test/x")]
    [InlineData("https://acme.test/हिन्दी।", "https://acme.test/हिन्दी")]
    [InlineData("go to https://a.test/?to=https://b.test/", "https://a.test/?to=https://b.test/")]
    [InlineData("xhttps://acme.test")]
    [InlineData("me@www.acme.test")]
    [InlineData("https:// and www. and http://. and www.acme")]
    [InlineData("")]
    public void Links_are_what_a_reader_would_take(string text, params string[] links) => Find(text).Links.ShouldBe(links);

    [Theory]
    [InlineData("due 2026-03-12.", "2026-03-12", "2026-03-12")]
    [InlineData("at 2026-03-12T10:00:00Z", "2026-03-12", "2026-03-12")]
    [InlineData("2026/3/2", "2026/3/2", "2026-03-02")]
    [InlineData("on 12 March 2026!", "12 March 2026", "2026-03-12")]
    [InlineData("the 1st of May, 2026", "1st of May, 2026", "2026-05-01")]
    [InlineData("3-Sep-2026", "3-Sep-2026", "2026-09-03")]
    [InlineData("March 12, 2026", "March 12, 2026", "2026-03-12")]
    [InlineData("sept. 3rd 2026", "sept. 3rd 2026", "2026-09-03")]
    [InlineData("am 12.03.2026 um", "12.03.2026", "2026-03-12")]
    [InlineData("29.02.2024", "29.02.2024", "2024-02-29")]
    [InlineData("会议在2026年3月12日举行", "2026年3月12日", "2026-03-12")]
    [InlineData("2026년 3월 12일", "2026년 3월 12일", "2026-03-12")]
    [InlineData("يوم ١٢.٠٣.٢٠٢٦", "١٢.٠٣.٢٠٢٦", "2026-03-12")]
    [InlineData("２０２６年３月１２日", "２０２６年３月１２日", "2026-03-12")]
    [InlineData("🗓2026-03-12🗓", "2026-03-12", "2026-03-12")]
    [InlineData("Today is fine", "Today", "2026-03-12")]
    [InlineData("see you tomorrow", "tomorrow", "2026-03-13")]
    [InlineData("on Friday?", "Friday", "2026-03-13")]
    [InlineData("THURSDAY", "THURSDAY", "2026-03-19")]
    [InlineData("last thursday", "last thursday", "2026-03-05")]
    [InlineData("last Friday", "last Friday", "2026-03-06")]
    [InlineData("next Wednesday", "next Wednesday", "2026-03-18")]
    [InlineData("the last today", "today", "2026-03-12")]
    public void A_day_is_found(string text, string written, string day) =>
        Find(text, German).Dates.ShouldBe([new FoundDate(written, DateOnly.Parse(day, null))]);

    [Theory]
    [InlineData("31.02.2026")]
    [InlineData("29.02.2026")]
    [InlineData("2026-13-01")]
    [InlineData("00.01.2026")]
    [InlineData("32 March 2026")]
    [InlineData("12.03.0026")]
    [InlineData("1.2.2026.3")]
    [InlineData("192.168.12.2026")]
    [InlineData("v1.2.2026")]
    [InlineData("9999-12-31")]
    [InlineData("todays mondayish x_friday")]
    [InlineData("may 5")]
    public void What_is_no_day_is_none(string text) => Find(text, German).ShouldBe(TextEntities.None, EntitiesEqual);

    [Theory]
    [InlineData("3/12/2026", American, "2026-03-12")]
    [InlineData("3/12/2026", German, "2026-12-03")]
    [InlineData("3/12/2026", "+15550100001", "2026-03-12")]
    [InlineData("3/12/2026", "+14165550100", "2026-12-03")]
    [InlineData("3/12/2026", "12345", "2026-12-03")]
    [InlineData("25/12/2026", American, "2026-12-25")]
    [InlineData("12/25/2026", German, "2026-12-25")]
    public void The_senders_country_says_what_comes_first(string text, string sender, string day) =>
        Find(text, sender).Dates.ShouldBe([new FoundDate(text, DateOnly.Parse(day, null))]);

    [Fact]
    public void Days_are_in_the_order_of_the_text_and_each_once() =>
        Find("12.03.2026, tomorrow, 2026-01-01, tomorrow, 12.03.2026").Dates.Select(date => date.Text)
            .ShouldBe(["12.03.2026", "tomorrow", "2026-01-01"]);

    [Theory]
    [InlineData("€12.50", "€12.50", "12.50", "EUR")]
    [InlineData("pay 12,50 € now", "12,50 €", "12.50", "EUR")]
    [InlineData("total: $1,234.56.", "$1,234.56", "1234.56", "USD")]
    [InlineData("1.234,56 EUR", "1.234,56 EUR", "1234.56", "EUR")]
    [InlineData("1 234,56 EUR", "1 234,56 EUR", "1234.56", "EUR")]
    [InlineData("1\u00A0234,56\u00A0€", "1\u00A0234,56\u00A0€", "1234.56", "EUR")]
    [InlineData("CHF 1'234.50", "CHF 1'234.50", "1234.50", "CHF")]
    [InlineData("₹12,34,567.00", "₹12,34,567.00", "1234567.00", "INR")]
    [InlineData("USD 5", "USD 5", "5", "USD")]
    [InlineData("20 usd", "20 usd", "20", "USD")]
    [InlineData("US$20", "US$20", "20", "USD")]
    [InlineData("$20 CAD", "$20 CAD", "20", "CAD")]
    [InlineData("£0.99", "£0.99", "0.99", "GBP")]
    [InlineData("$1.5 million", "$1.5 million", "1500000.0", "USD")]
    [InlineData("$5k", "$5k", "5000", "USD")]
    [InlineData("¥5,000", "¥5,000", "5000", "JPY")]
    [InlineData("费用500元。", "500元", "500", "CNY")]
    [InlineData("￥１，２００です", "￥１，２００", "1200", "JPY")]
    [InlineData("1200円です", "1200円", "1200", "JPY")]
    [InlineData("المبلغ ١٬٢٣٤٫٥٠ ر.س", "١٬٢٣٤٫٥٠ ر.س", "1234.50", "SAR")]
    [InlineData("1 500 руб.", "1 500 руб.", "1500", "RUB")]
    [InlineData("99,90 zł", "99,90 zł", "99.90", "PLN")]
    [InlineData("💰$40💰", "$40", "40", "USD")]
    [InlineData("5-10 EUR", "10 EUR", "10", "EUR")]
    [InlineData("$5 100 times", "$5", "5", "USD")]
    [InlineData("2026-03-12: €7", "€7", "7", "EUR")]
    public void An_amount_is_found(string text, string written, string value, string currency) =>
        Find(text).Amounts.ShouldBe([new FoundAmount(written, decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture), currency)]);

    [Theory]
    [InlineData("10 kg")]
    [InlineData("$5kg")]
    [InlineData("1.2.3 EUR")]
    [InlineData("10:30 EUR")]
    [InlineData("5 EURO")]
    [InlineData("AEUR 5")]
    [InlineData("€ and $ and EUR")]
    [InlineData("$007")]
    [InlineData("TOP 10, ALL 50")]
    [InlineData("€123456789012345678901234567890")]
    [InlineData("99999999999999999999bn")]
    [InlineData("$99999999999999999999 billion")]
    public void What_is_no_amount_is_none(string text) => Find(text).Amounts.ShouldBeEmpty();

    [Theory]
    [InlineData("+16502530000", "USD")]
    [InlineData("+14165550100", "CAD")]
    [InlineData("+61412345678", "AUD")]
    [InlineData("12345", "USD")]
    public void A_dollar_is_that_of_the_senders_country(string sender, string currency) =>
        Find("$5", sender).Amounts.ShouldHaveSingleItem().Currency.ShouldBe(currency);

    [Theory]
    [InlineData("Call +49 30 12345678.", American, "+493012345678")]
    [InlineData("call (650) 253-0000 or 650.253.0001", American, "+16502530000", "+16502530001")]
    [InlineData("ruf 030 12345678 an", German, "+493012345678")]
    [InlineData("+1 555 010 0002, a number of fiction", American, "+15550100002")]
    [InlineData("اتصل على +٩٦٦ ٥٠ ١٢٣ ٤٥٦٧", American, "+966501234567")]
    [InlineData("请拨打+86 138 0013 8000。", American, "+8613800138000")]
    [InlineData("电话：０３－１２３４－５６７８", "+81312345678", "+81312345678")]
    [InlineData("📞+442079460018📞", American, "+442079460018")]
    [InlineData("+16502530000 +16502530000", American, "+16502530000")]
    [InlineData("order 1234567890123", American)]
    [InlineData("123456", American)]
    [InlineData("650-253-0000", "12345")]
    public void Phone_numbers_are_those_that_can_be_called(string text, string sender, params string[] numbers) =>
        Find(text, sender).PhoneNumbers.ShouldBe(numbers);

    [Theory]
    [InlineData("https://acme.test/16502530000")]
    [InlineData("$6,502,530,000")]
    [InlineData("USD 6502530000")]
    [InlineData("2026-03-12 12.03.2026 31.02.2026")]
    public void Digits_of_something_else_are_no_phone_number(string text) => Find(text).PhoneNumbers.ShouldBeEmpty();

    [Fact]
    public void All_of_it_in_one_text()
    {
        var found = Find("Invoice of 12 March 2026: €1.234,56, pay by Friday at https://pay.acme.test/?id=20260312 or call +49 30 12345678");

        found.ShouldBe(
            new(
                ["https://pay.acme.test/?id=20260312"],
                [new("12 March 2026", new(2026, 3, 12)), new("Friday", new(2026, 3, 13))],
                ["+493012345678"],
                [new("€1.234,56", 1234.56m, "EUR")]),
            EntitiesEqual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("🦊🎉👩‍👩‍👧")]
    [InlineData("just words, no more")]
    [InlineData("\ud83d \udc00 half")]
    [InlineData("$")]
    [InlineData("+")]
    [InlineData("http://")]
    [InlineData("1")]
    [InlineData("1,")]
    [InlineData("€1.")]
    public void Where_there_is_nothing_or_nearly_nothing_nothing_breaks(string text) => Should.NotThrow(() => Find(text));

    [Fact]
    public void Of_each_there_are_at_most_fifty()
    {
        var text = string.Join(' ', Enumerable.Range(0, 90).Select(number =>
            $"https://a.test/{number} {1950 + number}-01-01 €{number + 1} +4930123456{number + 10}"));

        var found = Find(text);

        (found.Links.Count, found.Dates.Count, found.PhoneNumbers.Count, found.Amounts.Count).ShouldBe((50, 50, 50, 50));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1 ")]
    [InlineData("1.")]
    [InlineData("1,")]
    [InlineData("111,")]
    [InlineData("11 ")]
    [InlineData("+1")]
    [InlineData("(")]
    [InlineData("(1")]
    [InlineData("1/1/")]
    [InlineData("1 may ")]
    [InlineData("$")]
    [InlineData("$1")]
    [InlineData("www.")]
    [InlineData("http://")]
    [InlineData("http://a)")]
    [InlineData("(a")]
    [InlineData("+1 650 253 0000 ")]
    [InlineData("monday")]
    [InlineData("年1月")]
    public void A_text_made_to_be_slow_is_not(string piece)
    {
        Find("+1 650 253 0000 $1 1.1.2026 https://a.test");
        var text = "http://a(" + string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length));
        var started = Stopwatch.GetTimestamp();

        Find(text);

        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static TextEntities Find(string text, string sender = American) => TextEntityFinder.Find(text, sender, Thursday);

    private static readonly IEqualityComparer<TextEntities> EntitiesEqual =
        EqualityComparer<TextEntities>.Create((one, other) => TextEntitiesJson.Write(one!) == TextEntitiesJson.Write(other!));
}
