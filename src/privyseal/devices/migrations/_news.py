"""What the database says when there is something to tell a machine."""

NEWS = """
CREATE FUNCTION there_is_news_for_devices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('device_news', '');
  RETURN NULL;
END $$;
CREATE TRIGGER there_is_news_for_devices AFTER INSERT ON device_request
  FOR EACH STATEMENT EXECUTE FUNCTION there_is_news_for_devices();
CREATE TRIGGER there_is_news_for_devices AFTER INSERT ON device_order
  FOR EACH STATEMENT EXECUTE FUNCTION there_is_news_for_devices();
"""
AWAY = """
DROP TRIGGER there_is_news_for_devices ON device_order;
DROP TRIGGER there_is_news_for_devices ON device_request;
DROP FUNCTION there_is_news_for_devices();
"""
