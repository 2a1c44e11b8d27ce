using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Chat;
using Switchboard.Workers.Dispatch.Channels.Email;
using Switchboard.Workers.Dispatch.Channels.Inbox;
using Switchboard.Workers.Dispatch.Channels.Push;
using Switchboard.Workers.Dispatch.Channels.Sms;
using Switchboard.Workers.Dispatch.Channels.Webhook;
using Switchboard.Workers.Dispatch.Channels.WhatsApp;
using Switchboard.Workers.Dispatch.Notifications;
using Switchboard.Workers.Dispatch.Notifications.Planning;
using Switchboard.Workers.Dispatch.Social.Accounts;
using Switchboard.Workers.Dispatch.Social.Platforms;
using Switchboard.Workers.Dispatch.Social.Publishing;
using Switchboard.Workers.Dispatch.Social.Scheduling;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.Services.AddLogRedaction();
builder.AddNpgsqlDataSource("switchboard", configureDataSourceBuilder: builder.AddDatabasePool());
builder.AddRedisClient("redis", configureOptions: RedisOptions.OnThreadPool);
builder.AddRabbitMQClient("rabbitmq");

builder.Services.AddProcessReports(ProcessServices.Dispatch);
builder.Services.AddSwitchboardLimits();
builder.Services.AddSecretProtector();
builder.Services.AddWhatsApp();
builder.Services.AddSms();
builder.Services.AddDispatchCache();
builder.Services.AddEmail();
builder.Services.AddPush();
builder.Services.AddChat();
builder.Services.AddSingleton<IChannel, InboxChannel>();
builder.Services.AddWebhooks();
builder.Services.AddSending();
builder.Services.AddPlanning();
builder.Services.AddAccountChecks();
builder.Services.AddSocialPublishing(builder.Configuration);
builder.Services.AddSocialScheduling(builder.Configuration);
builder.Services.AddSocialPlatforms();
builder.Services.AddJobScheduler();
builder.Services.AddJobWorker(JobWorker.Dispatch, worker => worker
    .Handle<SendNotification, SendNotificationHandler>(maxBatch: 200, concurrentBatches: 3)
    .Handle<FanOutEvents, FanOutEventsHandler>(maxBatch: 16, concurrentBatches: 2)
    .Handle<DeliverWebhook, DeliverWebhookHandler>(
        maxBatch: 1, concurrentBatches: WebhookDeliveryOptions.MaxConcurrent, window: TimeSpan.Zero)
    .Handle<SendVerificationCode, SendVerificationCodeHandler>(maxBatch: 50)
    .Handle<ApplyDeliveryStatuses, ApplyDeliveryStatusesHandler>(maxBatch: 200, concurrentBatches: 1, window: TimeSpan.FromMilliseconds(20))
    .HandlePlanning()
    .HandleAccounts()
    .HandlePublishing()
    .HandleScheduling());

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
