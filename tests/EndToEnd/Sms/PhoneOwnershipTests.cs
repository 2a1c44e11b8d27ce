using System.Net;
using Dapper;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Sms;

/// <summary>Who has a phone is told to nobody who does not hold it.</summary>
public sealed class PhoneOwnershipTests(ApplicationFixture app)
{
    [Fact]
    public async Task A_number_that_another_has_is_linked_like_any_and_only_its_code_says_that_it_is_not_to_be_had()
    {
        var phone = new Phone(app, await app.Edge.NewUserAsync());
        await using var database = await app.OpenDatabaseAsync();
        await database.ExecuteAsync(
            """
            WITH other AS (INSERT INTO users (id, email, name, created_at) VALUES (@id, @email, 'Other', now()) RETURNING id)
            INSERT INTO user_phone_numbers (id, user_id, phone_number, verified_at, created_at)
            SELECT id, id, @number, now(), now() FROM other
            """,
            new { id = Guid.CreateVersion7(), email = $"{Guid.CreateVersion7():n}@example.com", number = phone.Number });

        await phone.LinkAsync();
        var problem = await phone.Owner.PostAsync(
            $"/api/phone-numbers/{phone.Id}/verify", new { code = await phone.ReadCodeAsync() }, HttpStatusCode.Conflict);

        ((string?)problem["type"]).ShouldEndWith("phone-number-taken");
        problem["detail"]!.ToString().ShouldNotContain("user");
        ((bool)(await phone.Owner.GetAsync("/api/phone-numbers"))["items"]![0]!["verified"]!).ShouldBeFalse();
    }
}
